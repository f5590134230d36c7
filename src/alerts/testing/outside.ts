/** The world of sinks in memory: records what goes out, answers what the test says. */
import type { HttpRequest, HttpResponse, Mail, Outside, ProgramEnd } from '../sinks/sink.ts';

export interface Sent {
  readonly posts: HttpRequest[];
  readonly mails: Mail[];
  readonly runs: { readonly argv: readonly string[]; readonly stdin: string }[];
  readonly lines: string[];
}

export interface Answers {
  readonly status?: number;
  readonly headers?: HttpResponse['headers'];
  readonly body?: string;
  readonly program?: ProgramEnd;
  /** Every call fails with this. */
  readonly fault?: Error;
}

export function fakeOutside(answers: () => Answers = () => ({})): {
  readonly outside: Outside;
  readonly sent: Sent;
} {
  const sent: Sent = { posts: [], mails: [], runs: [], lines: [] };
  const answer = (): Answers => {
    const now = answers();
    if (now.fault !== undefined) throw now.fault;
    return now;
  };
  return {
    sent,
    outside: {
      async post(request) {
        sent.posts.push(request);
        const { status = 202, headers = {}, body = '' } = answer();
        return { status, headers, body };
      },
      async mail(mail) {
        sent.mails.push(mail);
        answer();
      },
      async run(argv, stdin) {
        sent.runs.push({ argv, stdin });
        return answer().program ?? { exitCode: 0, stderr: '' };
      },
      print(line) {
        sent.lines.push(line);
      },
    },
  };
}
