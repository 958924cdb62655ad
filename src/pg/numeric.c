/*
 * numeric.c
 *		numeric into exact amounts and back.
 *
 * This is the one file that knows how PostgreSQL stores a numeric: a 16-bit
 * header that also holds the weight of small values (short form) or is
 * followed by it (long form), then digits in base 10,000, most significant
 * first.  The form is documented in numeric.c of the server and has not
 * changed since version 9.1; the regression suite compares what is read here
 * with numeric's own output on edge values.  Reading in place spares the copy
 * that PG_GETARG_NUMERIC makes of every stored value.
 */
#include "pg/rcv_pg.h"

#include <math.h>

#include "common/int.h"
#include "common/shortest_dec.h"
#include "utils/builtins.h"

#define SIGN_BITS 0xC000
#define SIGN_LONG_NEGATIVE 0x4000
#define SIGN_SHORT 0x8000
#define SIGN_SPECIAL 0xC000 /* NaN and the infinities */
#define SHORT_NEGATIVE 0x2000
#define SHORT_WEIGHT_SIGN 0x0040
#define SHORT_WEIGHT 0x003F
#define SHORT_SCALE_SHIFT 7
#define BASE 10000
#define BASE_DIGITS 4
#define SHORT_DIGITS 6 /* 19 decimal digits, in groups that begin anywhere */
#define MAX_GROUPS 8   /* 32 decimal digits: within 128 bits, one more group too */

typedef struct numeric_digits
{
	const char *at; /* unaligned 16-bit digits */
	int count;
	int weight; /* power of BASE of the first digit */
	bool negative;
} numeric_digits;

/* False for NaN and the infinities. */
static inline bool
open_digits(Datum value, numeric_digits *out)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(value);
	const char *data = VARDATA_ANY(stored);
	int length = VARSIZE_ANY_EXHDR(stored);
	uint16 header;

	memcpy(&header, data, sizeof(header));
	if ((header & SIGN_BITS) == SIGN_SPECIAL)
		return false;
	if (header & SIGN_SHORT)
	{
		out->negative = (header & SHORT_NEGATIVE) != 0;
		out->weight = (header & SHORT_WEIGHT) | ((header & SHORT_WEIGHT_SIGN) ? ~SHORT_WEIGHT : 0);
		out->at = data + sizeof(uint16);
	}
	else
	{
		int16 weight;

		memcpy(&weight, data + sizeof(uint16), sizeof(weight));
		out->negative = (header & SIGN_BITS) == SIGN_LONG_NEGATIVE;
		out->weight = weight;
		out->at = data + 2 * sizeof(uint16);
	}
	out->count = (int) (data + length - out->at) / (int) sizeof(int16);
	return true;
}

static inline int16
digit_at(const numeric_digits *digits, int i)
{
	int16 digit;

	memcpy(&digit, digits->at + i * sizeof(digit), sizeof(digit));
	return digit;
}

static void
amount_error(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s has too many digits", what),
			 errdetail("An amount holds 18 digits, at least two of them decimals."),
			 errhint("Round it to the decimals of its currency, as in round(amount, 2).")));
}

static void
not_finite_error(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be a finite number", what),
			 errhint("Leave out rows with NaN or an infinity, for instance with FILTER.")));
}

/* Any numeric of up to MAX_GROUPS base digits. */
static rcv_money
read_any(const numeric_digits *digits, const char *what)
{
	int decimals = Max(digits->count - 1 - digits->weight, 0);
	int groups = Max(digits->weight + 1, 0) + decimals;
	rcv_int128 units = 0;
	rcv_money money;

	if (digits->count == 0)
		return (rcv_money){0, RCV_SCALE_MIN};
	if (groups > MAX_GROUPS)
		amount_error(what);
	for (int i = 0; i < digits->count; i++)
		units = units * BASE + digit_at(digits, i);
	for (int i = digits->count; i < digits->weight + 1; i++)
		units *= BASE;
	if (decimals == 0)
	{
		units *= BASE;
		decimals = 1;
	}
	if (rcv_money_reduce(digits->negative ? -units : units, decimals * BASE_DIGITS, &money) !=
		RCV_OK)
		amount_error(what);
	return money;
}

rcv_money
rcv_numeric_money(Datum value, const char *what)
{
	numeric_digits digits;
	int64 units = 0;
	int missing;

	if (unlikely(!open_digits(value, &digits)))
		not_finite_error(what);

	/* up to 12 digits before the point and 4 behind it: nearly all amounts */
	missing = digits.weight + 2 - digits.count;
	if (unlikely(digits.weight > 2 || missing < 0 || digits.count == 0))
		return read_any(&digits, what);
	for (int i = 0; i < digits.count; i++)
		units = units * BASE + digit_at(&digits, i);
	for (; missing > 0; missing--)
		units *= BASE;
	if (digits.negative)
		units = -units;
	if (likely(units % 100 == 0))
		return (rcv_money){units / 100, 2};
	if (units % 10 == 0)
		return (rcv_money){units / 10, 3};
	return (rcv_money){units, 4};
}

int64
rcv_numeric_at_scale(Datum value, int scale, const char *what)
{
	int64 units;
	rcv_status status = rcv_money_at_scale(rcv_numeric_money(value, what), scale, &units);

	if (unlikely(status == RCV_EDOMAIN))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has more than %d decimals", what, scale),
						errhint("Round it first, or give the scale of its currency.")));
	rcv_check(status, what);
	return units;
}

/*
 * The short form of units x 10^-scale, whose first digit stands for units of
 * BASE^weight; a sixth of what making one through a text takes, and a third of
 * numeric's own way.  Its size, or 0 when whole digits of decimals do not fit
 * 64 bits.
 */
static inline Size
short_numeric(int64 units, int scale, char *out)
{
	int16 digits[SHORT_DIGITS];
	int decimals = (scale + BASE_DIGITS - 1) / BASE_DIGITS;
	uint64 left;
	int count = 0;
	int weight = -decimals;
	uint16 header = SIGN_SHORT | (scale << SHORT_SCALE_SHIFT) | (units < 0 ? SHORT_NEGATIVE : 0);
	char *data = out;

	if (pg_mul_s64_overflow(units, rcv_pow10(decimals * BASE_DIGITS - scale), &units))
		return 0;
	left = units < 0 ? -(uint64) units : (uint64) units;
	for (; left != 0 && left % BASE == 0; weight++)
		left /= BASE;
	for (; left != 0; left /= BASE)
		digits[count++] = (int16) (left % BASE);
	weight = count == 0 ? 0 : weight + count - 1;
	header |= weight < 0 ? SHORT_WEIGHT_SIGN | (weight & SHORT_WEIGHT) : weight;
	memcpy(data, &header, sizeof(header));
	while (count > 0)
	{
		data += sizeof(int16);
		memcpy(data, &digits[--count], sizeof(int16));
	}
	return data + sizeof(int16) - out;
}

Datum
rcv_money_numeric(rcv_int128 units, int scale)
{
	struct varlena *value = palloc(VARHDRSZ + sizeof(uint16) + SHORT_DIGITS * sizeof(int16));
	char text[RCV_MONEY_TEXT];
	Size size = units == (int64) units ? short_numeric((int64) units, scale, VARDATA(value)) : 0;

	if (likely(size > 0))
	{
		SET_VARSIZE(value, VARHDRSZ + size);
		return PointerGetDatum(value);
	}
	pfree(value);
	rcv_money_print(units, scale, text);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

char *
rcv_money_pack(int64 units, int scale, char *at)
{
	Size size = short_numeric(units, scale, at + VARHDRSZ_SHORT);

	if (unlikely(size == 0))
	{
		struct varlena *value = (struct varlena *) DatumGetPointer(rcv_money_numeric(units, scale));

		size = VARSIZE(value) - VARHDRSZ;
		memcpy(at + VARHDRSZ_SHORT, VARDATA(value), size);
		pfree(value);
	}
	SET_VARSIZE_SHORT(at, VARHDRSZ_SHORT + size);
	return at + VARHDRSZ_SHORT + size;
}

double
rcv_numeric_double(Datum value, const char *what)
{
	numeric_digits digits;
	int64 units = 0;
	int missing;
	double result;

	if (unlikely(!open_digits(value, &digits)))
		not_finite_error(what);
	missing = digits.weight + 2 - digits.count;
	if (likely(digits.weight <= 2 && missing >= 0))
	{
		for (int i = 0; i < digits.count; i++)
			units = units * BASE + digit_at(&digits, i);
		for (; missing > 0; missing--)
			units *= BASE;
		if (units < INT64CONST(1) << 53)
			return (double) (digits.negative ? -units : units) / BASE;
	}
	result = DatumGetFloat8(DirectFunctionCall1(numeric_float8, value));
	if (!isfinite(result))
		not_finite_error(what);
	return result;
}

bool
rcv_numeric_units(Datum value, int64 *out)
{
	numeric_digits digits;
	int64 units = 0;
	int missing;

	if (!open_digits(value, &digits))
		return false;
	missing = digits.weight + 2 - digits.count;
	if (digits.weight > 2 || missing < 0 || digits.count == 0)
	{
		*out = 0;
		return digits.count == 0;
	}
	for (int i = 0; i < digits.count; i++)
		units = units * BASE + digit_at(&digits, i);
	for (; missing > 0; missing--)
		units *= BASE;
	*out = digits.negative ? -units : units;
	return true;
}

void
rcv_append_double(StringInfo out, double value)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, text);
	appendStringInfoString(out, text);
}

Datum
rcv_double_numeric(double value)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, text);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}
