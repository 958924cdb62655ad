/*
 * cluster.c
 *		Any bytes as rows that are scaled and clustered, in two orders, and as the
 *		content of a model.
 */
#include <math.h>

#include "cluster/gower.h"
#include "cluster/kmeans.h"
#include "cluster/order.h"
#include "cluster/silhouette.h"
#include "target.h"

#define ROWS_MAX 390
#define COLUMNS_MAX 4
#define K_MAX 9

static void
no_pause(void)
{
}

typedef struct result
{
	rcv_status status;
	double centroids[K_MAX * COLUMNS_MAX];
	int64_t sizes[K_MAX];
	double objective;
} result;

/* Rows in blocks, in the order of their values. */
static void
put_in_order(const double *rows, rcv_blocks *out)
{
	static rcv_keyed items[ROWS_MAX];
	static rcv_keyed spare[ROWS_MAX];
	size_t columns = (size_t) out->columns;
	const rcv_keyed *order = rcv_order_rows(rows, out->n, out->columns, items, spare, no_pause);

	memset(out->data, 0, rcv_blocks_count(out) * RCV_BLOCK * columns * sizeof(double));
	for (size_t i = 0; i < out->n; i++)
		for (size_t j = 0; j < columns; j++)
			rcv_block_row(out, i)[j * RCV_BLOCK] = rows[order[i].value * columns + j];
}

static void
check_result(const rcv_kmeans *fit)
{
	int64_t n = 0;

	must(isfinite(fit->best.objective) && fit->best.objective >= 0);
	for (int c = 0; c < fit->k; c++)
	{
		must(fit->best.sizes[c] > 0 && (c == 0 || fit->best.sizes[c] <= fit->best.sizes[c - 1]));
		n += fit->best.sizes[c];
	}
	must(n == (int64_t) fit->rows.n);
	for (size_t i = 0; i < fit->rows.n && fit->best.converged; i++)
	{
		double row[COLUMNS_MAX];
		double square;

		for (int j = 0; j < fit->rows.columns; j++)
			row[j] = rcv_block_row(&fit->rows, i)[j * RCV_BLOCK];
		must(rcv_kmeans_nearest(fit->best.centroids, fit->k, fit->rows.columns, row, &square) ==
			 fit->best.labels[i]);
	}
}

static result
cluster(const double *rows, size_t n, int columns, int k, int scale)
{
	static double data[(ROWS_MAX + RCV_BLOCK) * COLUMNS_MAX];
	static double near[ROWS_MAX + RCV_BLOCK];
	static double block_sums[4];
	static double cells[3][K_MAX * COLUMNS_MAX];
	static int64_t other_sizes[K_MAX];
	static uint16_t labels[2][ROWS_MAX];
	static double center[COLUMNS_MAX];
	static double spread[COLUMNS_MAX];
	static int32_t first[COLUMNS_MAX + 1];
	static double value[COLUMNS_MAX * RCV_KNOTS];
	static double share[COLUMNS_MAX * RCV_KNOTS];
	static rcv_keyed items[2][ROWS_MAX];
	rcv_scaling scaling = {scale, columns, center, spread, first, value, share};
	result out = {.status = RCV_OK};
	rcv_kmeans fit = {.rows = {data, n, columns},
					  .k = k,
					  .starts = 2,
					  .max_iterations = 40,
					  .seed = 1,
					  .pause = no_pause,
					  .near = near,
					  .block_sums = block_sums};
	int bad;

	/* the two partitions are swapped within: copies are made of the best one */
	fit.best = (rcv_partition){cells[0], cells[1], out.sizes, labels[0], 0, 0, false};
	fit.other = (rcv_partition){out.centroids, cells[2], other_sizes, labels[1], 0, 0, false};
	put_in_order(rows, &fit.rows);
	out.status = rcv_scale_fit(&scaling, &fit.rows, items[0], items[1], no_pause, &bad);
	if (out.status == RCV_OK)
		out.status = rcv_kmeans_fit(&fit);
	if (out.status != RCV_OK)
		return (result){.status = out.status};
	check_result(&fit);
	{
		result kept = {.status = RCV_OK, .objective = fit.best.objective};

		memcpy(kept.centroids, fit.best.centroids, (size_t) (k * columns) * sizeof(double));
		memcpy(kept.sizes, fit.best.sizes, (size_t) k * sizeof(int64_t));
		return kept;
	}
}

static void
any_rows(const uint8_t *data, size_t size)
{
	static double rows[ROWS_MAX * COLUMNS_MAX];
	static double backwards[ROWS_MAX * COLUMNS_MAX];
	int columns = 1 + data[0] % COLUMNS_MAX;
	int scale = data[1] % RCV_SCALES;
	size_t width = data[2] % 4 == 0 ? sizeof(double) : 1;
	size_t n = (size - 3) / width / (size_t) columns;
	int k = 1 + data[1] / 4 % K_MAX;
	result there;
	result back;

	if (n < (size_t) k || n > ROWS_MAX)
		return;
	for (size_t i = 0; i < n * (size_t) columns; i++)
	{
		if (width == 1)
			rows[i] = (int8_t) data[3 + i] * pow(10, (data[2] % 64 - 32) * 4);
		else
			memcpy(&rows[i], data + 3 + i * width, width);
		if (isnan(rows[i]))
			rows[i] = 0;
		rows[i] += 0.0;
	}
	for (size_t i = 0; i < n; i++)
		memcpy(backwards + i * (size_t) columns, rows + (n - 1 - i) * (size_t) columns,
			   (size_t) columns * sizeof(double));
	there = cluster(rows, n, columns, k, scale);
	back = cluster(backwards, n, columns, k, scale);
	must(memcmp(&there, &back, sizeof(there)) == 0);
}

/* A header with possible sizes, and then any bytes. */
static void
any_model(const uint8_t *data, size_t size)
{
	rcv_kmeans_model header = {.scale = data[0] % RCV_SCALES,
							   .k = 1 + data[1] % 3,
							   .columns = 1 + data[2] % 3,
							   .objective = NAN};
	rcv_kmeans_model *model;
	size_t bytes;

	header.knots = header.scale == RCV_SCALE_RANK ? data[2] / 3 % 9 : 0;
	header.n = data[1] / 3;
	bytes = rcv_kmeans_model_size(&header);
	model = calloc(1, bytes);
	must(model != NULL);
	memcpy(model, &header, sizeof(header));
	bytes -= sizeof(header);
	memcpy(model->data, data + 3, size - 3 < bytes ? size - 3 : bytes);
	if (rcv_kmeans_model_fault(model) == NULL)
	{
		rcv_kmeans_parts parts = rcv_kmeans_parts_of(model);
		double row[3] = {data[0], data[1], data[2]};
		double scaled[3];
		double square = -1;

		if (rcv_scale_row(&parts.scaling, row, scaled, NULL) == RCV_OK)
		{
			int c = rcv_kmeans_nearest(parts.centroids, model->k, model->columns, scaled, &square);

			must(c >= 0 && c < model->k && square >= 0 && isfinite(square));
		}
	}
	free(model);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4)
		return 0;
	any_rows(data, size);
	any_model(data, size);
	return 0;
}
