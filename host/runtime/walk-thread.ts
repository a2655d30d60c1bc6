/** What a thread of walk.ts runs, built into a file of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { walkTask, type WalkTask } from './walk.ts';

parentPort?.postMessage(walkTask(workerData as WalkTask));
