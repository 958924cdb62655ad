// duckdb.mjs DIR NAME GOAL: loads DIR/invoice.csv into DuckDB's own storage and
// times its three ntile(5) against the query "scores" in PostgreSQL, by rounds.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [dir, name, goal] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(dir + '/')('@duckdb/node-api');

// One psql session; a query is a single value.
const psql = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: psql.stdout })[Symbol.asyncIterator]();
async function ask(sql) {
	psql.stdin.write(sql + ';\n');
	const { value, done } = await lines.next();
	if (done) throw new Error('psql ended');
	return value;
}

const duckdb = await (await DuckDBInstance.create(dir + '/ledger.duckdb', { threads: '1' })).connect();
await duckdb.run(`CREATE TABLE invoice AS SELECT * FROM read_csv('${dir}/invoice.csv', columns =
	{'customer_id': 'BIGINT', 'invoice_date': 'DATE', 'amount': 'DECIMAL(12,2)'})`);
await duckdb.run('CHECKPOINT');
const ntile = `SELECT customer_id, last_day, documents, value, ntile(5) OVER (ORDER BY last_day) AS r,
		ntile(5) OVER (ORDER BY documents) AS f, ntile(5) OVER (ORDER BY value) AS m
	FROM (SELECT customer_id, max(invoice_date) AS last_day, count(*) AS documents, sum(amount) AS value
		FROM invoice GROUP BY customer_id) AS customer`;

// Both executed in full, without sending rows to a client.
async function timeDuckdb() {
	const wall = performance.now();
	const cpu = process.cpuUsage();
	await duckdb.run('EXPLAIN ANALYZE ' + ntile);
	const used = process.cpuUsage(cpu);
	return [(used.user + used.system) / 1e6, (performance.now() - wall) / 1e3];
}
async function timePostgres() {
	return (await ask("SELECT cpu || ' ' || wall FROM bench.once('scores', 1)")).split(' ').map(Number);
}

const answer = (await duckdb.runAndReadAll(`SELECT concat_ws(' ', count(*), sum(DATE '2024-12-31' - last_day), sum(value),
	sum(customer_id * (DATE '2024-12-31' - last_day)), sum(customer_id * value)) FROM (${ntile}) AS q`)).getRows()[0][0];
const expected = await ask(`SELECT concat_ws(' ', count(*), sum(recency), sum(monetary), sum(customer_id * recency),
	sum(customer_id * monetary)) FROM figures`);
if (answer !== expected) throw new Error(`not the same answer: ${answer} and ${expected}`);
await ask("SELECT bench.warm_up('scores')");
await timeDuckdb();

for (let attempt = 1; attempt <= 3; attempt++) {
	for (let i = 1; i <= 9; i++) {
		const first = i % 2 ? await timePostgres() : await timeDuckdb();
		const second = i % 2 ? await timeDuckdb() : await timePostgres();
		const [a, b] = i % 2 ? [first, second] : [second, first];
		await ask(`INSERT INTO bench.round VALUES ('${name}', ${a[0]}, ${b[0]}, ${a[1]}, ${b[1]}) RETURNING 1`);
	}
	if (await ask(`SELECT bench.noisy('${name}')`) === 'f') break;
}
console.log(await ask(`SELECT bench.verdict('${name}', ${goal})`));
psql.stdin.end();
