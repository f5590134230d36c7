/** What the agent says, as lines and as records. */
import type { AgentEvent } from '../../../agent/events.ts';
import type { AgentOutput } from '../../../agent/run-agent.ts';
import { safeName } from '../../../base/safe-name.ts';
import type { StreamRecord } from '../../command.ts';
import { formatTimeOfDay } from '../../output/format.ts';

export async function* agentRecords(outputs: AsyncIterable<AgentOutput>): AsyncGenerator<StreamRecord> {
  for await (const output of outputs) {
    if (output.kind === 'event') yield eventRecord(output.event);
    // It is a document already, and programs read it either way.
    else yield { json: JSON.parse(output.line), lines: () => [output.line] };
  }
}

function eventRecord({ level, event, unixMs, text, fields }: AgentEvent): StreamRecord {
  return {
    json: {
      schema: 'keel.agent/1',
      time: new Date(unixMs).toISOString(),
      level,
      event,
      text: text.en,
      ...fields,
    },
    lines: (look) => {
      const marks = { info: ' ', warning: '!', error: look.colors.red('!') };
      return [`${formatTimeOfDay(unixMs)} ${marks[level]} ${safeName(look.say(text))}`];
    },
  };
}
