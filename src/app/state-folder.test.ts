import { expect, it } from 'vitest';
import { stateFolder } from './state-folder.ts';

it.each([
  [{}, false, '/home/a/.local/state/evenkeel'],
  [{}, true, '/var/lib/evenkeel'],
  [{ XDG_STATE_HOME: '/s' }, false, '/s/evenkeel'],
  [{ XDG_STATE_HOME: '/s' }, true, '/s/evenkeel'],
  [{ XDG_STATE_HOME: 'relative' }, false, '/home/a/.local/state/evenkeel'],
  [{ XDG_STATE_HOME: '' }, true, '/var/lib/evenkeel'],
])('the state of %j, root %j, is in %s', (env, isRoot, folder) => {
  expect(stateFolder(env, isRoot, '/home/a')).toBe(folder);
});
