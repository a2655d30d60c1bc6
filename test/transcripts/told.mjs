// `told SIGNAL COMMAND…`: runs the command and sends it the signal once it has given its answer; ends as it does.
import { spawn } from 'node:child_process';

const [signal, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
let text = '';
child.stdout.on('data', (chunk) => {
  text += chunk;
  process.stdout.write(chunk);
  if (text.endsWith(text.startsWith('{') ? '}\n' : '\n')) child.kill(`SIG${signal}`);
});
child.on('close', (code, ended) => {
  if (ended !== null) console.log(`ended by ${ended}`);
  process.exitCode = code ?? 1;
});
