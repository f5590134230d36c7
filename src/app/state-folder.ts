/** Where keel keeps what must outlive it. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `$XDG_STATE_HOME/evenkeel`; without it, /var/lib/evenkeel for root and ~/.local/state/evenkeel for others. The XDG
 * Base Directory Specification wants relative paths ignored.
 */
export function stateFolder(env: Environment, isRoot: boolean, home: string = homedir()): string {
  const given = env.XDG_STATE_HOME;
  if (given !== undefined && isAbsolute(given)) return join(given, 'evenkeel');
  return isRoot ? '/var/lib/evenkeel' : join(home, '.local', 'state', 'evenkeel');
}

/** Of the user that keel runs as. */
export function ownStateFolder(env: Environment): string {
  return stateFolder(env, process.geteuid?.() === 0);
}
