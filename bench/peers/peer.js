// What both peers share: the POST, servers of their own in a temporary folder, and the measure.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { Pool } from 'undici';

/** How many deliveries an event has, and how many are sent at once: as in the bench of the product. */
export const NOTIFICATIONS = 50;
export const WORKERS = 50;

const BODY = Buffer.from(JSON.stringify({
  event: 'component.created',
  timestamp: '2026-01-14T12:00:00Z',
  status_page: { id: 1, name: 'Main Status', slug: 'main' },
  data: { id: 4711, name: 'Part 4711', old_status: null, new_status: 'operational', uptime_percentage: 100 },
}));

/** Where a program is: on the PATH, or in one of the folders given. Null where it is not. */
export function find(program, folders = []) {
  const found = [...process.env.PATH.split(delimiter), ...folders].map((folder) => join(folder, program)).find(existsSync);
  return found ?? null;
}

/** Where Debian puts PostgreSQL's programs, the newest first. */
export function postgresFolders() {
  const root = '/usr/lib/postgresql';
  return existsSync(root) ? readdirSync(root).sort((a, b) => b - a).map((version) => join(root, version, 'bin')) : [];
}

/** Ends the script because something is missing; the bench shows the line. */
export function missing(what) {
  console.log(`MISSING ${what}`);
  process.exit(3);
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Who runs a server that refuses to run as root: the account that is named, else nobody. Undefined where this is not root. */
export async function unprivileged(name) {
  if (userInfo().uid !== 0)
    return undefined;
  const id = async (flag, account) => Number(await output('id', [flag, account]));
  try {
    return { uid: await id('-u', name), gid: await id('-g', name) };
  } catch {
    return { uid: await id('-u', 'nobody'), gid: await id('-g', 'nobody') };
  }
}

/** Runs a program to its end and returns what it printed. */
export function output(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, error] = ['', ''];
    child.stdout.on('data', (data) => { out += data; });
    child.stderr.on('data', (data) => { error += data; });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${program}: ${error || out}`))));
  });
}

/** Runs `work` with a folder and a server in it; both are gone afterwards, whatever happens. */
export async function withServer(owner, start, work) {
  const folder = mkdtempSync(join(tmpdir(), 'atstatus-bench-'));
  let server;
  const end = () => {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      end();
      process.exit(1);
    });
  }
  try {
    if (owner)
      chownSync(folder, owner.uid, owner.gid);
    server = await start(folder);
    await work();
  } finally {
    if (server && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // For both servers: end at once, in good order.
      server.kill('SIGINT');
      await ended;
    }
    end();
  }
}

/** Tries until it succeeds: a server takes a moment to listen. */
export async function eventually(attempt, seconds = 30) {
  const limit = Date.now() + seconds * 1000;
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > limit)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The POST: the bytes and headers that the product sends; the signature is not computed, as in the bare ways of the bench. */
export function poster(url) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: WORKERS });
  return async () => {
    const { statusCode, body } = await pool.request({
      path: pathname,
      method: 'POST',
      body: BODY,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'ATStatus-Webhook/1.0',
        'x-webhook-event': 'component.created',
        'x-webhook-signature': '0'.repeat(64),
        'x-request-id': randomUUID(),
        // The receiver of the bench reads it in this spelling.
        'Content-Length': String(BODY.length),
      },
    });
    await body.dump();
    if (statusCode !== 200)
      throw new Error(`HTTP ${statusCode}`);
    return statusCode;
  };
}

/** Counts what is done, for whoever waits for the last. */
export class Countdown {
  #left = 0;
  #done;

  /** Waits for so many. */
  expect(count) {
    this.#left = count;
    return new Promise((resolve) => { this.#done = resolve; });
  }

  one() {
    if (--this.#left === 0)
      this.#done();
  }
}

/**
 * Warms up, then measures, portion after portion, until the process has used so much processor time; then prints the rate and the
 * processor time of this process (its server's not counted) in the bench's form.
 */
export async function measure(warmUp, seconds, portion, send) {
  await pass(warmUp);
  const { count, elapsed, used } = await pass(seconds);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(`RESULT ${(count / elapsed).toFixed(1)} ${(used * 1e6 / count).toFixed(2)} 0 0 ${peakMiB.toFixed(1)}`);

  async function pass(atLeast) {
    const [begun, before] = [performance.now(), processorSeconds()];
    let [count, used] = [0, 0];
    do {
      await send(portion);
      count += portion;
      used = processorSeconds() - before;
    } while (used < atLeast && performance.now() - begun < 2000 * atLeast);
    return { count, elapsed: (performance.now() - begun) / 1000, used };
  }
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
