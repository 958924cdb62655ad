/*
 * module.c
 *		The library's mark for the server.
 */
#include "pg/rcv_pg.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "receivables", .version = RCV_VERSION);
#else
PG_MODULE_MAGIC;
#endif
