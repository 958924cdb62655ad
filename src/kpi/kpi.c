/*
 * kpi.c
 *		Figures of the receivables desk.
 */
#include "kpi/kpi.h"

#include <string.h>

#include "base/day.h"

#define AT_SCALE 2
#define AT_AS_OF 4
#define AT_AMOUNTS 8
#define AT_WEIGHTED 24
#define MONTH_DAYS_MAX 366

bool
rcv_dso(double receivables, double credit_sales, double days, double *out)
{
	*out = 0;
	if (!(credit_sales > 0) || !(receivables >= 0))
		return false;
	*out = receivables * days / credit_sales;
	return true;
}

bool
rcv_days_delinquent(double receivables, double not_due, double credit_sales, double days,
					double *out)
{
	double possible;

	if (!rcv_dso(receivables, credit_sales, days, out) ||
		!rcv_dso(not_due, credit_sales, days, &possible))
		return false;
	*out = (receivables - not_due) * days / credit_sales;
	return true;
}

bool
rcv_cei(double opening, double sales, double closing, double closing_not_due, double *out)
{
	double collectable = opening + sales - closing_not_due;

	*out = 0;
	if (!(collectable > 0))
		return false;
	*out = 100 * (opening + sales - closing) / collectable;
	return true;
}

/* Count-back ------------------------------------------------------------------ */

/* In units of 10^-RCV_SCALE_MAX: at most 2^63 x 10^16. */
static rcv_int128
widest(rcv_money amount)
{
	return (rcv_int128) amount.units * rcv_pow10(RCV_SCALE_MAX - amount.scale);
}

rcv_status
rcv_dso_countback(rcv_money balance, const rcv_month *months, int n, bool *answered, double *out)
{
	rcv_int128 left = widest(balance);
	int64_t days = 0;

	*out = 0;
	*answered = false;
	if (n < 0 || n > RCV_COUNTBACK_MONTHS_MAX)
		return RCV_ELIMIT;
	for (int i = 0; i < n; i++)
		if (months[i].days < 1 || months[i].days > MONTH_DAYS_MAX)
			return RCV_EDOMAIN;
	if (left < 0)
		return RCV_OK;
	*answered = true;
	for (int i = 0; i < n && left > 0; i++)
	{
		rcv_int128 sales = widest(months[i].sales);

		if (sales > left)
		{
			*out = (double) days + (double) months[i].days * ((double) left / (double) sales);
			return RCV_OK;
		}
		left -= sales; /* 1,200 of them stay within 128 bits */
		days += months[i].days;
	}
	*answered = left == 0;
	*out = (double) days;
	return RCV_OK;
}

void
rcv_months_before(int32_t as_of, int n, rcv_month *months)
{
	for (int i = 0; i < n; i++)
	{
		int32_t year;
		int32_t month;
		int32_t mday;

		rcv_day_to_civil(as_of, &year, &month, &mday);
		months[i].days = mday;
		as_of -= mday;
		if (as_of < RCV_DAY_MIN) /* before the year 1: months of 31 days */
			as_of = RCV_DAY_MIN + 30;
	}
}

/* Means ------------------------------------------------------------------------- */

static rcv_int128
get(const uint8_t *image, int at)
{
	rcv_int128 sum;

	memcpy(&sum, image + at, sizeof(sum));
	return sum;
}

static void
put(uint8_t *image, int at, rcv_int128 sum)
{
	memcpy(image + at, &sum, sizeof(sum));
}

static int
scale_of(const uint8_t *image)
{
	uint16_t scale;

	memcpy(&scale, image + AT_SCALE, sizeof(scale));
	return scale;
}

int32_t
rcv_days_mean_as_of(const uint8_t *image)
{
	int32_t as_of;

	memcpy(&as_of, image + AT_AS_OF, sizeof(as_of));
	return as_of;
}

void
rcv_days_mean_init(uint8_t *image, int32_t as_of)
{
	uint16_t head[2] = {RCV_DAYS_MEAN_VERSION, RCV_SCALE_MIN};

	memset(image, 0, RCV_DAYS_MEAN_SIZE);
	memcpy(image, head, sizeof(head));
	memcpy(image + AT_AS_OF, &as_of, sizeof(as_of));
}

rcv_status
rcv_days_mean_check(const uint8_t *image, size_t length)
{
	uint16_t version;

	if (length != RCV_DAYS_MEAN_SIZE)
		return RCV_EBINARY;
	memcpy(&version, image, sizeof(version));
	if (version != RCV_DAYS_MEAN_VERSION)
		return RCV_EVERSION;
	if (scale_of(image) < RCV_SCALE_MIN || scale_of(image) > RCV_SCALE_MAX ||
		!rcv_day_valid(rcv_days_mean_as_of(image)))
		return RCV_EBINARY;
	return RCV_OK;
}

static rcv_status
raise_scale(uint8_t *image, int scale)
{
	rcv_int128 factor = rcv_pow10(scale - scale_of(image));
	uint16_t raised = (uint16_t) scale;
	rcv_int128 amounts;
	rcv_int128 weighted;

	if (__builtin_mul_overflow(get(image, AT_AMOUNTS), factor, &amounts) ||
		__builtin_mul_overflow(get(image, AT_WEIGHTED), factor, &weighted))
		return RCV_EOVERFLOW;
	put(image, AT_AMOUNTS, amounts);
	put(image, AT_WEIGHTED, weighted);
	memcpy(image + AT_SCALE, &raised, sizeof(raised));
	return RCV_OK;
}

static rcv_status
add_sums(uint8_t *image, rcv_int128 amounts, rcv_int128 weighted)
{
	if (__builtin_add_overflow(amounts, get(image, AT_AMOUNTS), &amounts) ||
		__builtin_add_overflow(weighted, get(image, AT_WEIGHTED), &weighted))
		return RCV_EOVERFLOW;
	put(image, AT_AMOUNTS, amounts);
	put(image, AT_WEIGHTED, weighted);
	return RCV_OK;
}

rcv_status
rcv_days_mean_add(uint8_t *image, rcv_money amount, int32_t days)
{
	rcv_int128 units = amount.units;
	rcv_int128 weighted;

	if (amount.scale > scale_of(image))
	{
		rcv_status status = raise_scale(image, amount.scale);

		if (status != RCV_OK)
			return status;
	}
	else
		units *= rcv_pow10(scale_of(image) - amount.scale);
	if (__builtin_mul_overflow(units, (rcv_int128) days, &weighted))
		return RCV_EOVERFLOW;
	return add_sums(image, units, weighted);
}

rcv_status
rcv_days_mean_merge(uint8_t *image, const uint8_t *other)
{
	int raise = scale_of(image) - scale_of(other);
	rcv_int128 factor;
	rcv_int128 amounts;
	rcv_int128 weighted;
	rcv_status status = RCV_OK;

	if (rcv_days_mean_as_of(image) != rcv_days_mean_as_of(other))
		return RCV_EDOMAIN;
	if (raise < 0)
		status = raise_scale(image, scale_of(other));
	if (status != RCV_OK)
		return status;
	factor = rcv_pow10(raise > 0 ? raise : 0);
	if (__builtin_mul_overflow(get(other, AT_AMOUNTS), factor, &amounts) ||
		__builtin_mul_overflow(get(other, AT_WEIGHTED), factor, &weighted))
		return RCV_EOVERFLOW;
	return add_sums(image, amounts, weighted);
}

bool
rcv_days_mean(const uint8_t *image, double *out)
{
	rcv_int128 amounts = get(image, AT_AMOUNTS);

	*out = 0;
	if (amounts <= 0)
		return false;
	*out = (double) get(image, AT_WEIGHTED) / (double) amounts;
	return true;
}
