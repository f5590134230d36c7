/** `keel faults annotate`: the code of one function, line by line, with the faults it took. */
import { existsSync } from 'node:fs';
import { annotateFaults } from '../../../app/annotate-faults.ts';
import { readFaultFile } from '../../../app/fault-file.ts';
import { KeelError } from '../../../base/errors.ts';
import { type FunctionSites, functionSites } from '../../../model/faults/annotation.ts';
import { byFunction, type FaultRecording } from '../../../model/faults/recording.ts';
import { fileName } from '../../../model/stacks/names.ts';
import { defineCommand } from '../../command.ts';
import { flag, text, wholeNumber } from '../../options.ts';
import { safeName } from '../../output/look.ts';
import { annotationOutput, DEFAULT_ROWS } from './render.ts';

/** Where no recording is named. */
const DEFAULT_FILE = 'keel.faults';

export default defineCommand({
  name: 'faults annotate',
  summary: {
    en: 'the code of a function with its page faults: lines of source, or instructions',
    ko: '함수의 코드와 그 페이지 폴트: 소스 줄 또는 명령어별',
  },
  details: {
    en: 'From a recording of keel faults record -o, with or without --stacks. Instructions come from objdump, where it is installed; lines from debug information. The file must be the build that was recorded: its build id is compared.',
    ko: 'keel faults record -o의 기록에서 (--stacks 유무와 무관) 만듭니다. 명령어는 objdump가 있으면 그것으로, 소스 줄은 디버그 정보로 찾습니다. 파일은 기록된 빌드여야 하며 빌드 ID를 비교합니다.',
  },
  arguments: [
    {
      name: '<function>',
      describe: {
        en: 'its name, as keel faults report shows it',
        ko: '함수 이름 (keel faults report에 보이는 대로)',
      },
    },
    {
      name: '[file]',
      describe: { en: `the recording (${DEFAULT_FILE})`, ko: `기록 파일 (${DEFAULT_FILE})` },
      completes: 'file',
    },
  ],
  options: {
    in: text('--in <name>', {
      en: 'of the program or library of this file name, where several have such a function',
      ko: '같은 이름의 함수가 여럿이면 이 이름의 프로그램이나 라이브러리',
    }),
    binary: text(
      '--binary <file>',
      { en: 'read the code from this copy of the file', ko: '코드를 이 사본에서 읽음' },
      'file',
    ),
    asm: flag('--asm', {
      en: 'instructions, also where lines of source are known',
      ko: '소스 줄을 알아도 명령어로 표시',
    }),
    show: wholeNumber(
      '--show <rows>',
      {
        en: `how many of the heaviest lines, with those around them (${DEFAULT_ROWS})`,
        ko: `가장 무거운 줄 수, 주변 줄과 함께 (${DEFAULT_ROWS})`,
      },
      1,
      10_000,
    ),
  },
  examples: [
    {
      line: 'keel faults annotate tick slow.faults',
      does: { en: 'which lines of tick() stalled', ko: 'tick() 함수에서 멈춘 줄' },
    },
    {
      line: 'keel faults annotate memcpy slow.faults --in libc.so.6 --asm',
      does: { en: 'which instructions of a library', ko: '라이브러리 함수의 명령어별' },
    },
  ],
  async run({ args: [name = '', path = DEFAULT_FILE], options }) {
    if (path === DEFAULT_FILE && !existsSync(path)) throw noFile();
    const { recording } = readFaultFile(path);
    const all = functionSites(recording, name);
    const chosen = chooseFunction(recording, all, name, options.in ?? null);
    const annotation = annotateFaults(recording, chosen, options.binary ?? null);
    return annotationOutput({
      annotation,
      recording,
      others: all.filter((one) => one !== chosen),
      asInstructions: options.asm === true,
      rows: options.show ?? DEFAULT_ROWS,
    });
  },
});

function noFile(): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `name the recording: there is no ${DEFAULT_FILE} here`,
      ko: `기록 파일을 지정하세요. 여기에는 ${DEFAULT_FILE}이(가) 없습니다`,
    },
    next: [
      {
        en: 'Such as: keel faults annotate tick slow.faults     make one: keel faults record PID -o slow.faults',
        ko: '예: keel faults annotate tick slow.faults     기록하기: keel faults record PID -o slow.faults',
      },
    ],
  });
}

/** @throws KeelError E_USAGE for a function that took no faults, with those that are called like it */
function chooseFunction(
  recording: FaultRecording,
  all: readonly FunctionSites[],
  name: string,
  inFile: string | null,
): FunctionSites {
  const chosen = all.find((one) => inFile === null || fileName(one.binary) === inFile);
  if (chosen !== undefined) return chosen;
  const where = inFile === null ? '' : ` of ${safeName(inFile)}`;
  throw new KeelError('E_USAGE', {
    what: {
      en: `no function ${safeName(name)}${where} took a fault in this recording`,
      ko: `이 기록에는 ${inFile === null ? '' : `${safeName(inFile)}의 `}함수 ${safeName(name)}의 폴트가 없습니다`,
    },
    pointer: { text: safeName(name), start: 0, end: Math.max(1, safeName(name).length) },
    next: [suggestion(recording, all, name)],
  });
}

const MOST_SUGGESTIONS = 4;

function suggestion(recording: FaultRecording, all: readonly FunctionSites[], name: string) {
  if (all.length > 0) {
    const files = all.map((one) => safeName(fileName(one.binary))).join(', ');
    return { en: `It is in: ${files}`, ko: `이 함수가 있는 파일: ${files}` };
  }
  if (recording.cut)
    return {
      en: 'The recording was cut off before names of functions were written',
      ko: '기록이 중간에 끝나 함수 이름이 쓰이지 않았습니다',
    };
  const names = byFunction(recording).flatMap((share) => share.function ?? []);
  const alike = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const said = (alike.length > 0 ? alike : names).slice(0, MOST_SUGGESTIONS).map(safeName).join(', ');
  return alike.length > 0
    ? { en: `Did you mean: ${said}`, ko: `혹시 이 함수인가요: ${said}` }
    : { en: `The heaviest are: ${said}`, ko: `가장 무거운 함수: ${said}` };
}
