/*
 * function.c
 *		What state functions and functions that return rows have in common.
 */
#include "pg/rcv_pg.h"

Datum
rcv_same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
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
