/*
 * kmeans_model.c
 *		A model in one piece of memory.
 */
#include "cluster/kmeans.h"

#include <math.h>

const char *const rcv_kmeans_status_names[RCV_KMEANS_STATUSES + 1] = {"ok", "not converged", NULL};

static size_t
centroid_cells(const rcv_kmeans_model *m)
{
	return (size_t) m->k * (size_t) m->columns;
}

/* Doubles that the int32 numbers of knots take. */
static size_t
first_cells(const rcv_kmeans_model *m)
{
	return m->scale == RCV_SCALE_RANK ? ((size_t) m->columns + 2) / 2 : 0;
}

size_t
rcv_kmeans_model_size(const rcv_kmeans_model *m)
{
	size_t cells = centroid_cells(m) + (size_t) m->k;

	if (m->scale == RCV_SCALE_ZSCORE)
		cells += 2 * (size_t) m->columns;
	cells += first_cells(m) + 2 * (size_t) m->knots;
	return sizeof(*m) + cells * sizeof(double) +
		   (m->named ? (size_t) m->columns * RCV_KMEANS_NAME : 0);
}

rcv_kmeans_parts
rcv_kmeans_parts_of(const rcv_kmeans_model *m)
{
	double *at = (double *) m->data;
	rcv_kmeans_parts out = {.scaling = {.kind = m->scale, .columns = m->columns}};

	out.centroids = at;
	at += centroid_cells(m);
	out.sizes = (int64_t *) (void *) at;
	at += m->k;
	if (m->scale == RCV_SCALE_ZSCORE)
	{
		out.scaling.center = at;
		out.scaling.spread = at + m->columns;
		at += 2 * (size_t) m->columns;
	}
	if (m->scale == RCV_SCALE_RANK)
	{
		out.scaling.value = at;
		out.scaling.share = at + m->knots;
		at += 2 * (size_t) m->knots;
		out.scaling.first = (int32_t *) (void *) at;
		at += first_cells(m);
	}
	out.names = m->named ? (char *) (void *) at : NULL;
	return out;
}

static const char *
knots_fault(const rcv_kmeans_model *m, const rcv_scaling *s)
{
	if (s->first[0] != 0 || s->first[m->columns] != m->knots)
		return "\"knots\" must count the values of each column.";
	for (int j = 0; j < m->columns; j++)
	{
		if (s->first[j + 1] <= s->first[j] || s->first[j + 1] > m->knots)
			return "Each column needs a knot.";
		for (int i = s->first[j]; i < s->first[j + 1]; i++)
		{
			if (!(fabs(s->value[i]) <= RCV_CLUSTER_MOST) || !(s->share[i] >= 0 && s->share[i] <= 1))
				return "\"values\" must be finite, and \"shares\" lie between 0 and 1.";
			if (i > s->first[j] &&
				!(s->value[i - 1] < s->value[i] && s->share[i - 1] < s->share[i]))
				return "\"values\" and \"shares\" of a column must ascend.";
		}
	}
	return NULL;
}

const char *
rcv_kmeans_model_fault(const rcv_kmeans_model *m)
{
	rcv_kmeans_parts parts = rcv_kmeans_parts_of(m);
	int64_t n = 0;

	for (size_t i = 0; i < centroid_cells(m); i++)
		if (!(fabs(parts.centroids[i]) <= RCV_CLUSTER_MOST))
			return "\"centroids\" must be finite, at most 1e140.";
	for (int j = 0; m->scale == RCV_SCALE_ZSCORE && j < m->columns; j++)
		if (!(fabs(parts.scaling.center[j]) <= RCV_CLUSTER_MOST) ||
			!(parts.scaling.spread[j] >= 0 && parts.scaling.spread[j] <= RCV_CLUSTER_MOST))
			return "\"center\" and \"spread\" must be finite, and no spread negative.";
	for (int c = 0; c < m->k; c++)
	{
		if (parts.sizes[c] < 0 || parts.sizes[c] > INT64_C(1) << 40)
			return "\"sizes\" must be whole numbers from 0 on.";
		n += parts.sizes[c];
	}
	if (n != m->n)
		return "\"n\" must be the sum of \"sizes\".";
	if (m->objective < 0)
		return "\"objective\" must not be negative.";
	return m->scale == RCV_SCALE_RANK ? knots_fault(m, &parts.scaling) : NULL;
}
