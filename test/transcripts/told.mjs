// `told SIGNAL COMMAND…`: runs the command and sends it the signal once it has given its answer; ends as it does. What it said on
// its two outputs is passed on when it has ended, one after the other: at a terminal nothing else settles which line comes first.
import { spawn } from 'node:child_process';

const [signal, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
let [text, notes] = ['', ''];
child.stdout.setEncoding('utf8').on('data', (chunk) => {
  text += chunk;
  if (text.endsWith(text.startsWith('{') ? '}\n' : '\n')) child.kill(`SIG${signal}`);
});
child.stderr.setEncoding('utf8').on('data', (chunk) => {
  notes += chunk;
});
child.on('close', (code, ended) => {
  process.stdout.write(text + (ended === null ? '' : `ended by ${ended}\n`), () => process.stderr.write(notes));
  process.exitCode = code ?? 1;
});
