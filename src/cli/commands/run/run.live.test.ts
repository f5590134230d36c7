/** A program under `keel run` finds itself as if its caller had started it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { getAffinity } from '../../../native/affinity.ts';

const program = join(import.meta.dirname, '../../../../dist/keel.js');
const run = `"${process.execPath}" "${program}" run --quiet`;

/** In bash, because the shell is what usually starts it; only the last command's output. */
function bash(script: string) {
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' });
}

/** A limit that Node.js would raise, and none of the descriptors that whoever runs the tests left open. */
const bare = 'ulimit -Sn 512; for fd in $(ls /proc/$$/fd); do (( fd > 2 )) && eval "exec $fd>&-"; done';

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
});

describe('keel run', () => {
  it('dies of a broken pipe as any program does', () => {
    expect(bash(`${run} -- yes | head -1 >/dev/null; echo "\${PIPESTATUS[0]}"`).stdout).toBe('141\n');
  });

  it.each([
    ['signals', "grep -E '^(SigBlk|SigIgn|SigCgt|SigPnd)' /proc/self/status"],
    ['limits', 'cat /proc/self/limits'],
    ['descriptors', 'sh -c \'ls /proc/self/fd | tr "\\n" " "\''],
    ['privileges', "grep -E '^(Cap|NoNewPrivs|Seccomp|Uid|Gid|Groups)' /proc/self/status"],
    ['blocking reads', "sh -c 'grep flags /proc/self/fdinfo/0'"],
    ['the environment', 'env'],
  ])('leaves %s as a plain start does', (_, command) => {
    // Started from one shell each, so that the caller is the same; `_` is what bash says it runs.
    const plain = bash(`${bare}; (${command}) </dev/null`);
    const under = bash(`${bare}; (${run} -- ${command}) </dev/null`);
    const lines = (text: string) => text.split('\n').filter((line) => !/^_=/.test(line));
    expect(under.stderr).toBe('');
    expect(lines(under.stdout)).toEqual(lines(plain.stdout));
  });

  it('passes standard input on, whole', () => {
    expect(bash(`seq 100000 | ${run} -- cat | cksum`).stdout).toBe(bash('seq 100000 | cksum').stdout);
  });

  it('has the exit status and the id of the program', () => {
    expect(bash(`${run} -- sh -c 'exit 7'`).status).toBe(7);
    const { stdout } = bash(`${run} -- sh -c 'echo $$' & echo $!; wait`);
    const [first, second] = stdout.trim().split('\n');
    expect(first).toBe(second);
  });

  it('places what it starts, as taskset and chrt see it', () => {
    const last = getAffinity(0).last as number;
    const { stdout } = bash(
      `${run} --cpus ${last} --policy batch --nice 3 -- sh -c 'taskset -pc $$; chrt -p $$; nice'`,
    );
    expect(stdout).toMatch(new RegExp(`affinity list: ${last}\n`));
    expect(stdout).toContain('SCHED_BATCH');
    expect(stdout.trim().endsWith('3')).toBe(true);
  });

  it('starts nothing where the program is not there', () => {
    const { status, stderr } = bash(`${run} -- no-such-program-here`);
    expect(status).toBe(2);
    expect(stderr).toContain('command not found: no-such-program-here');
    expect(bash(`${run} -- /etc/passwd`).stderr).toContain('EACCES');
  });

  it('hands the sockets of systemd on', () => {
    const { stdout } = bash(
      `exec 3</etc/hostname; export LISTEN_FDS=1; LISTEN_PID=$BASHPID exec ${run} -- readlink /proc/self/fd/3`,
    );
    expect(stdout).toBe('/etc/hostname\n');
  });
});
