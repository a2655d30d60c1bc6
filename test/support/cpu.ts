/**
 * Processor time that this process has used, milliseconds. A cost is held against this, never against the wall clock, which
 * also counts what else the machine is doing. A test file has a process of its own.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
