/** `occasio key`: the device key, which signs checkpoints. */
import { join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { openHome, readDevice, rotateDevice, type Device } from '../ledger/index.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command, Group } from './command.ts';
import { occasioHome } from './files.ts';
import { document, line, type Io } from './print.ts';

const json = { json: { says: 'key id, public key in hex and PEM, and the file of the private key' } };
const exit = '0 done, 2 wrong use, or there is no key, or it cannot be used';

const generate: Command = {
  name: 'generate',
  summary: 'make the device key, where there is none',
  options: json,
  says: `The first session makes it as well: this is for handing the public key out beforehand. A key that is there stays.`,
  exit,
  examples: ['occasio key generate'],
  async run({ flags }, io) {
    const home = await openHome(createOps(), loadCore().core, occasioHome(io));
    return show(io, home.path, home.device, flags.has('json'));
  },
};

const rotate: Command = {
  name: 'rotate',
  summary: 'put another key in the place of the device key',
  options: json,
  says: `Both keys sign that the new one follows, and the index keeps that, so that what the old one signed still holds. The old one
is gone afterwards. Not while a proxy runs on the home: it has the old key in memory.`,
  exit,
  examples: ['occasio key rotate'],
  async run({ flags }, io) {
    const ops = createOps();
    const { core } = loadCore();
    const home = await openHome(ops, core, occasioHome(io));
    const [proxy] = await home.proxies.list();
    if (proxy !== undefined) throw new OccasioError({ code: 'ledger', cannot: 'rotate the key of', thing: home.path, found: `a proxy runs on it (process ${proxy.pid})`, next: 'End it first.' });
    return show(io, home.path, await rotateDevice(ops, core, home.path, home.index), flags.has('json'));
  },
};

const shown: Command = {
  name: 'show',
  summary: 'print the public key, for those who are to trust it',
  options: json,
  says: `Give it to whoever verifies (--key) over a way that they trust. Its id stands in every checkpoint.`,
  exit,
  examples: ['occasio key show'],
  async run({ flags }, io) {
    const home = occasioHome(io);
    const ops = createOps();
    const path = join(home, 'keys', 'device.pem');
    if ((await ops.files.stat(path)) === null) throw new OccasioError({ code: 'not-found', cannot: 'show the key of', thing: home, found: 'there is none', next: 'Make one with: occasio key generate' });
    return show(io, home, await readDevice(ops, loadCore().core, path), flags.has('json'));
  },
};

export const key: Group = { name: 'key', summary: 'the key that signs checkpoints', actions: [generate, rotate, shown] };

function show(io: Io, home: string, device: Device, asJson: boolean): number {
  const file = join(home, 'keys', 'device.pem');
  if (asJson) document(io, { key_id: device.id, public_key: hex(device.publicKey), pem: device.pem, file });
  else {
    io.out.write(device.pem);
    line(io.err, `key ${device.id}, private part in ${printable(file)}`);
  }
  return 0;
}
