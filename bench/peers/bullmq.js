// node bullmq.js URL WARMUP SECONDS: a BullMQ job for each delivery, on a Redis that writes each change to the disk before it answers.
import { spawn } from 'node:child_process';
import { Queue, Worker } from 'bullmq';
import Redis from 'ioredis';
import { Countdown, eventually, find, freePort, measure, missing, NOTIFICATIONS, poster, withServer, WORKERS } from './peer.js';

const [url, warmUp, seconds] = [process.argv[2], Number(process.argv[3] ?? 10), Number(process.argv[4] ?? 10)];
const program = find('redis-server') ?? missing('redis-server (Debian: redis-server)');
const port = await freePort();
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };

await withServer(undefined, async (folder) => {
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    { stdio: 'ignore' });
  await eventually(async () => {
    const client = new Redis({ ...connection, lazyConnect: true, retryStrategy: null });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  });
  return server;
}, async () => {
  const post = poster(url);
  const countdown = new Countdown();
  const queue = new Queue('deliveries', { connection, defaultJobOptions: { attempts: 3, removeOnComplete: 1000, removeOnFail: 1000 } });
  const worker = new Worker('deliveries', async () => ({ status: await post() }), { connection, concurrency: WORKERS });
  worker.on('completed', () => countdown.one());
  worker.on('failed', (_, error) => { throw error; });
  await worker.waitUntilReady();
  let event = 0;
  await measure(warmUp, seconds, 5000, async (count) => {
    const done = countdown.expect(count);
    for (let sent = 0; sent < count; sent += NOTIFICATIONS) {
      event++;
      await queue.addBulk(Array.from({ length: NOTIFICATIONS }, (_, notification) => ({ name: 'post', data: { event, notification } })));
    }
    await done;
  });
  await worker.close();
  await queue.close();
});
process.exit(0);
