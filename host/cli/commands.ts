/** The commands, in the order in which the list shows them: what a user meets first comes first. */
import { audit } from './audit.ts';
import { canonicalize } from './canonicalize.ts';
import { claude } from './claude.ts';
import type { Entry } from './command.ts';
import { demo } from './demo.ts';
import { explain } from './explain.ts';
import { helpCommand } from './help.ts';
import { init } from './init.ts';
import { policy } from './policy.ts';
import { proxy } from './proxy.ts';
import { status } from './status.ts';

export const commands: readonly Entry[] = [demo, init, claude, proxy, policy, explain, status, audit, canonicalize, helpCommand(() => commands)];
