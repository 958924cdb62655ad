# receivables: build, install, and the commands of README.md.

EXTENSION = receivables
MODULE_big = receivables
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" receivables.control)

# The map of the house, in dependency order.  Before the bar is the kernel:
# each may include those before it, and every domain may include all of it
# (pg: in glue files only).  After the bar are the domains, each with the
# domains it may include.
DOMAINS = base num pg | activity rfm(activity) segment(rfm) \
	portfolio(activity,rfm,segment) settlement clv(activity,portfolio) \
	stability experiment cluster interest calendar collection \
	dunning(calendar,interest) provision vat factoring kpi

open := (
names := $(foreach d,$(filter-out |,$(DOMAINS)),$(firstword $(subst $(open), ,$(d))))
grammar := src/segment/rule_scan.c src/segment/rule_parse.c src/segment/rule_parse.h
made := $(grammar) src/calendar/calendar_data.c
sources := $(filter-out $(made),$(foreach d,$(names),$(wildcard src/$(d)/*.c)))
boost := src/num/distributions.cpp
headers := $(filter-out $(made),$(foreach d,$(names),$(wildcard src/$(d)/*.h)))
scripts := $(foreach d,$(names),$(wildcard src/$(d)/$(d).sql))

OBJS = $(sources:.c=.o) $(patsubst %.c,%.o,$(filter %.c,$(made))) $(boost:.cpp=.o)
DATA = $(wildcard src/upgrade/archive/*.sql src/upgrade/*.sql)
DATA_built = $(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = exports.txt exports.list $(made)
REGRESS = $(sort $(basename $(notdir $(wildcard sql/*.sql))))
REGRESS_OPTS = --load-extension=$(EXTENSION)

PG_CPPFLAGS = -Isrc -DRCV_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -fno-semantic-interposition $(if $(WERROR),-Werror)
PG_CXXFLAGS = -std=gnu++17 -fno-exceptions -fno-rtti -Wall -Wextra $(if $(WERROR),-Werror)
SHLIB_EXPORTS = exports.txt
SHLIB_LINK = -lstdc++ -lm
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)
else
all install:
	@echo "PostgreSQL's server headers are missing: run test/bin/setup, or set PG_CONFIG" >&2
	@exit 1
clean:
	rm -f $(OBJS) $(DATA_built) $(EXTRA_CLEAN)
endif

# The same bits on every machine: nothing is fused; and loops are vectorised.
src/cluster/%.o: override CFLAGS += -ffp-contract=off
src/cluster/block.o: override CFLAGS += -O3 -fno-math-errno

# What newer compilers say of bison's own code.
src/segment/rule_parse.o: override CFLAGS += -Wno-unused-but-set-variable

# PGXS knows of no headers.
$(OBJS): $(headers) $(made) receivables.control

%_scan.c: %_scan.l
	flex -o $@ $<

%_parse.c %_parse.h: %_parse.y
	bison -Werror -d -o $*_parse.c $<

src/calendar/calendar_data.c: src/calendar/calendars.txt src/calendar/calendars.awk
	awk -f src/calendar/calendars.awk $< > $@ || { rm -f $@; exit 1; }

# Nothing else leaves the library: a backend has one symbol space for all.
exports.txt: Makefile
	printf '%s\n' 'pgrcv_*' 'pg_finfo_pgrcv_*' 'Pg_magic_func' '_PG_init' > $@

# Each domain owns its part of the install script.
$(DATA_built): $(scripts) Makefile receivables.control
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  cat $(scripts); } > $@

.PHONY: demo test bench test-matrix check-layers domains grammar format
demo:
	@test/bin/setup build
	@test/bin/in-copy test/bin/demo

# PARTS="core regress" runs only those.
test:
	@test/bin/setup test
	@test/bin/in-copy test/bin/suite $(PARTS)

SIZE ?= full
bench:
	@SIZE=$(SIZE) test/bench/run

test-matrix:
	@test/bin/matrix $(MAJORS)

check-layers: $(made)
	@test/bin/check-layers '$(DOMAINS)'

domains:
	@echo '$(DOMAINS)'

# Makes the sources that are made of others, and names them.
grammar: $(made)
	@echo '$(made)'

format:
	clang-format -i $(sources) $(headers) $(wildcard test/core/*.[ch] test/fuzz/*.[ch])
