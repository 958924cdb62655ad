/*
 * block_loops.h
 *		The loops of block.c for one width of register; included once for each,
 *		with WIDTH doubles in a register, and NAME() for names and TARGET for the
 *		attribute of the functions.
 *
 * GNU C's vector types, which gcc and clang have on every machine.
 */
typedef double NAME(doubles) __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef int64_t NAME(flags) __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

#define PARTS (LANES / WIDTH)

/* Squared distances of LANES rows, whose first columns begin at x, from a point. */
#define SQUARES(x, columns, point, out)                                                            \
	do                                                                                             \
	{                                                                                              \
		const double *column = (x);                                                                \
                                                                                                   \
		for (int part = 0; part < PARTS; part++)                                                   \
			(out)[part] = (NAME(doubles)){0};                                                      \
		for (int j = 0; j < (columns); j++, column += RCV_BLOCK)                                   \
			for (int part = 0; part < PARTS; part++)                                               \
			{                                                                                      \
				NAME(doubles)                                                                      \
				apart = *(const NAME(doubles) *) (column + part * WIDTH) - (point)[j];             \
                                                                                                   \
				(out)[part] += apart * apart;                                                      \
			}                                                                                      \
	} while (0)

/* a where the flags are set, else b. */
#define EITHER(flags, a, b) (((flags) & (a)) | (~(flags) & (b)))

#define LESSER(a, b)                                                                               \
	((NAME(doubles)) EITHER((NAME(flags))((a) < (b)), (NAME(flags))(a), (NAME(flags))(b)))

TARGET static void
NAME(nearest)(const double *block, int columns, const double *points, int k, uint16_t *label,
			  double *near)
{
	for (int i = 0; i < RCV_BLOCK; i += LANES)
	{
		NAME(doubles) square[PARTS];
		NAME(doubles) best[PARTS];
		NAME(flags) which[PARTS];

		SQUARES(block + i, columns, points, best);
		for (int part = 0; part < PARTS; part++)
			which[part] = (NAME(flags)){0};
		for (int c = 1; c < k; c++)
		{
			SQUARES(block + i, columns, points + (size_t) c * (size_t) columns, square);
			for (int part = 0; part < PARTS; part++)
			{
				NAME(flags) nearer = (NAME(flags))(square[part] < best[part]);

				best[part] = LESSER(square[part], best[part]);
				which[part] = EITHER(nearer, (NAME(flags)){0} + c, which[part]);
			}
		}
		for (int part = 0; part < PARTS; part++)
		{
			*(NAME(doubles) *) (near + i + part * WIDTH) = best[part];
			for (int lane = 0; lane < WIDTH; lane++)
				label[i + part * WIDTH + lane] = (uint16_t) which[part][lane];
		}
	}
}

TARGET static void
NAME(approach)(const double *block, int columns, const double *point, double *near)
{
	for (int i = 0; i < RCV_BLOCK; i += LANES)
	{
		NAME(doubles) square[PARTS];

		SQUARES(block + i, columns, point, square);
		for (int part = 0; part < PARTS; part++)
		{
			NAME(doubles) *at = (NAME(doubles) *) (near + i + part * WIDTH);

			*at = LESSER(square[part], *at);
		}
	}
}

TARGET static void
NAME(potential)(const double *block, int columns, const double *point, const double *near,
				double *sums)
{
	NAME(doubles) sum[PARTS];

	for (int part = 0; part < PARTS; part++)
		sum[part] = (NAME(doubles)){0};
	for (int i = 0; i < RCV_BLOCK; i += LANES)
	{
		NAME(doubles) square[PARTS];

		SQUARES(block + i, columns, point, square);
		for (int part = 0; part < PARTS; part++)
		{
			NAME(doubles) before = *(const NAME(doubles) *) (near + i + part * WIDTH);

			sum[part] += LESSER(square[part], before);
		}
	}
	memcpy(sums, sum, sizeof(sum));
}

TARGET static void
NAME(distances)(const double *block, int columns, const double *point, double *out)
{
	for (int i = 0; i < RCV_BLOCK; i += LANES)
	{
		NAME(doubles) square[PARTS];

		SQUARES(block + i, columns, point, square);
		memcpy(out + i, square, sizeof(square));
		for (int lane = 0; lane < LANES; lane++)
			out[i + lane] = sqrt(out[i + lane]);
	}
}

#undef PARTS
#undef SQUARES
#undef EITHER
#undef LESSER
