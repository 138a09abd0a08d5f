// node graphile.js URL WARMUP SECONDS: a graphile-worker job for each delivery, and a row for each attempt, on a PostgreSQL with its
// own settings.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import {
  Countdown, eventually, find, freePort, measure, missing, NOTIFICATIONS, output, poster, postgresFolders, unprivileged, withServer, WORKERS,
} from './peer.js';

const [url, warmUp, seconds] = [process.argv[2], Number(process.argv[3] ?? 10), Number(process.argv[4] ?? 10)];
const folders = postgresFolders();
const initdb = find('initdb', folders) ?? missing('initdb (Debian: postgresql)');
const postgres = find('postgres', folders) ?? missing('postgres (Debian: postgresql)');
const port = await freePort();
const owner = await unprivileged('postgres');
const connectionString = `postgres://bench@127.0.0.1:${port}/postgres`;

const schema = `
  CREATE TABLE events (id bigserial PRIMARY KEY, happened_at timestamptz NOT NULL, payload jsonb NOT NULL);
  CREATE TABLE attempts (
    id bigserial PRIMARY KEY, event_id bigint NOT NULL, notification_id int NOT NULL, started_at timestamptz NOT NULL, status int NOT NULL,
    request_headers text NOT NULL);
  CREATE INDEX ON attempts (event_id, notification_id);`;
const jobs = `
  SELECT graphile_worker.add_jobs(array(
    SELECT ('post', json_build_object('event', $1::bigint, 'notification', n), null, null, 3::smallint, null, null, null)::graphile_worker.job_spec
    FROM generate_series(1, $2::int) n))`;
const headers = 'h'.repeat(300);

await withServer(owner, async (folder) => {
  const data = join(folder, 'data');
  await output(initdb, ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8', '--locale=C'], { ...owner, cwd: folder });
  const server = spawn(
    postgres, ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
    { ...owner, cwd: folder, stdio: 'ignore' });
  await eventually(async () => {
    const client = new pg.Client({ connectionString });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  });
  return server;
}, async () => {
  const post = poster(url);
  const countdown = new Countdown();
  const pool = new pg.Pool({ connectionString, max: WORKERS });
  pool.on('error', (error) => { throw error; });
  await pool.query(schema);
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  const runner = await run({
    pgPool: pool,
    logger,
    noHandleSignals: true,
    // As its own page on performance sets it.
    preset: { worker: { concurrentJobs: WORKERS, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: {
      post: async ({ event, notification }) => {
        const started = new Date();
        const status = await post();
        await pool.query({
          name: 'attempt',
          text: 'INSERT INTO attempts (event_id, notification_id, started_at, status, request_headers) VALUES ($1, $2, $3, $4, $5)',
          values: [event, notification, started, status, headers],
        });
      },
    },
  });
  runner.events.on('job:success', () => countdown.one());
  runner.events.on('job:error', ({ error }) => { throw error; });
  await measure(warmUp, seconds, 5000, async (count) => {
    const done = countdown.expect(count);
    for (let sent = 0; sent < count; sent += NOTIFICATIONS) {
      // The change, its event and the jobs in one transaction, as an outbox has it.
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query(
          'INSERT INTO events (happened_at, payload) VALUES (now(), $1) RETURNING id', [{ component: sent }]);
        await client.query({ name: 'jobs', text: jobs, values: [rows[0].id, NOTIFICATIONS] });
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    }
    await done;
  });
  await runner.stop();
  await utils.release();
  await pool.end();
});
process.exit(0);
