/**
 * Puts the whole test run into a network that has nothing but loopback: an agent under test can reach the scripted
 * upstream and nothing else. Needs Linux and root or user namespaces; where these are missing the run goes on and says so.
 */
import { spawnSync } from 'node:child_process';

const ENTER = 'ip link set lo up && exec "$@"';

/** Runs this very command line again inside the sealed network and ends with its exit code; returns only unsealed. */
export function sealNetwork(): void {
  const flags = ['-n', '-rn'].find((one) => spawnSync('unshare', [one, 'sh', '-c', ENTER, 'sh', 'true']).status === 0);
  if (flags === undefined) {
    console.log('agents: no network namespace on this machine, the agents run with the network as it is');
    return;
  }
  console.log('agents: sealed network, loopback only');
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const run = spawnSync('unshare', [flags, 'sh', '-c', ENTER, 'sh', ...self], { stdio: 'inherit', env: { ...process.env, OCCASIO_AGENTS_SEALED: '1' } });
  process.exit(run.status ?? 1);
}
