/** `keel capture`: a machine as one text file, to be looked at elsewhere with `--sysroot`. */
import { captureMachine } from '../../../app/capture-machine.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { writeFileForUser } from '../../../app/write-file.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, duration, FORCE, SYSROOT, text } from '../../options.ts';
import { captureOutput } from './render.ts';

export default defineCommand({
  name: 'capture',
  summary: {
    en: 'a scrubbed copy of what the readers read, in one text file, to replay with --sysroot',
    ko: '커널에서 읽은 내용을 정리해 텍스트 파일 하나로 저장. --sysroot로 다시 볼 수 있습니다',
  },
  details: {
    en: 'Without a target: the machine. With one, also its threads and cgroups. With --for a second moment follows, so that keel why can be run on it. Left out: command lines, environments, host names, serial numbers, addresses. The file is text: read it before you hand it over.',
    ko: '대상이 없으면 컴퓨터만, 있으면 그 스레드와 cgroup도 저장합니다. --for를 쓰면 두 번째 순간도 저장해 keel why에 쓸 수 있습니다. 명령줄, 환경 변수, 호스트 이름, 일련번호, 주소는 저장하지 않습니다. 텍스트 파일이므로 넘겨주기 전에 읽어 보세요.',
  },
  arguments: [
    {
      name: '[target]',
      describe: { en: 'a process to capture as well', ko: '함께 저장할 프로세스' },
      completes: 'target',
    },
  ],
  options: {
    out: text('-o, --out <file>', { en: 'the file; - is stdout', ko: '저장할 파일. -는 표준 출력' }, 'file'),
    for: duration(
      '--for <duration>',
      { en: 'capture a second moment after this time', ko: '이 시간 뒤에 두 번째 순간 저장' },
      100e6,
    ),
    all: ALL,
    force: FORCE,
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel capture -o server.keel', does: { en: 'this machine', ko: '이 컴퓨터' } },
    {
      line: 'keel capture arena --for 10s -o arena.keel',
      does: { en: 'and a process, twice, ten seconds apart', ko: '프로세스까지, 10초 간격으로 두 번' },
    },
  ],
  async run({ args, options, context }) {
    const file = options.out;
    if (file === undefined) throw noFile();
    const { host } = context.open();
    const tgids = targets(args[0], (name) =>
      findTargets(host, name, { all: options.all === true, command: 'capture' }).map(({ tgid }) => tgid),
    );
    const durationNs = options.for ?? null;
    const progress = context.progress({ en: 'capturing', ko: '저장 중' }, durationNs ?? 0);
    const captured = await captureMachine(host, context.clock, {
      tgids,
      durationNs: host.kind === 'live' ? durationNs : null,
      signal: context.signal,
    }).finally(progress.stop);
    if (file === '-') return { kind: 'raw', text: captured.text };
    writeFileForUser(file, captured.text, options.force === true, {
      en: `To replace it: keel capture -o ${file} --force`,
      ko: `덮어쓰기: keel capture -o ${file} --force`,
    });
    return captureOutput(file, captured);
  },
});

function targets(name: string | undefined, find: (name: string) => readonly number[]): readonly number[] {
  return name === undefined ? [] : find(name);
}

function noFile(): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: 'capture needs a file to write', ko: '저장할 파일이 필요합니다' },
    next: [{ en: 'Such as: keel capture -o server.keel', ko: '예: keel capture -o server.keel' }],
  });
}
