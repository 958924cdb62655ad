/*
 * function.c
 *		What state functions and functions that return rows have in common.
 */
#include "pg/rcv_pg.h"

#include "access/htup_details.h"

Datum
rcv_same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

bool
rcv_state_is_own(FunctionCallInfo fcinfo, Size least)
{
	const struct varlena *state = (const struct varlena *) DatumGetPointer(PG_GETARG_DATUM(0));

	return AggCheckCallContext(fcinfo, NULL) && VARATT_IS_4B_U(state) &&
		   (uintptr_t) state % MAXIMUM_ALIGNOF == 0 && VARSIZE(state) >= least;
}

void *
rcv_state_copy(Datum state, Size least, const char *what)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(state);
	Size size = VARSIZE_ANY_EXHDR(stored) + VARHDRSZ;
	char *copy;

	if (size < least)
		rcv_check(RCV_EBINARY, what);
	copy = palloc(size);
	memcpy(copy + VARHDRSZ, VARDATA_ANY(stored), size - VARHDRSZ);
	SET_VARSIZE(copy, size);
	return copy;
}

void *
rcv_state_arg(FunctionCallInfo fcinfo, int arg, Size least, const char *what)
{
	if (arg == 0 && rcv_state_is_own(fcinfo, least))
		return DatumGetPointer(PG_GETARG_DATUM(0));
	return rcv_state_copy(PG_GETARG_DATUM(arg), least, what);
}

FuncCallContext *
rcv_first_call(FunctionCallInfo fcinfo, Size state_size)
{
	FuncCallContext *call = SRF_FIRSTCALL_INIT();
	MemoryContext old = MemoryContextSwitchTo(call->multi_call_memory_ctx);

	if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "function must return a row type");
	BlessTupleDesc(call->tuple_desc);
	call->user_fctx = palloc0(state_size);
	MemoryContextSwitchTo(old);
	return call;
}

Datum
rcv_one_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc row = fcinfo->flinfo->fn_extra;

	if (row == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "function must return a row type");
		row = BlessTupleDesc(CreateTupleDescCopy(row));
		fcinfo->flinfo->fn_extra = row;
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(heap_form_tuple(row, values, nulls));
}
