/** One test message to one sink, so that the first real one does not find out that the key is wrong. */
import type { Notification } from '../alerts/notification.ts';
import type { Outside } from '../alerts/sinks/sink.ts';
import type { Clock } from '../app/clock.ts';
import { KeelError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import type { AgentConfig, SinkConfig } from './config/config.ts';
import { deliverOnce } from './delivery/deliverer.ts';
import { withoutSecrets } from './events.ts';

export interface SinkTest {
  readonly sink: string;
  readonly type: string;
  readonly where: string;
  readonly tookNs: number;
  readonly said: string;
}

export const TEST_TEXT = 'test from evenkeel, no action needed';

/** @throws KeelError E_USAGE for a name that is none, E_SINK where it was not delivered */
export async function testSink(
  config: AgentConfig,
  name: string,
  clock: Clock,
  outside: Outside,
): Promise<SinkTest> {
  const sink = config.sinks.find((one) => one.name === name);
  if (sink === undefined) throw noSink(config, name);
  const beganNs = clock.monotonicNs();
  const delivery = await deliverOnce(sink, message(config, clock), { language: config.language, outside });
  const tookNs = Number(clock.monotonicNs() - beganNs);
  const secrets = Object.values(sink.secrets).filter((one) => one !== undefined);
  const said = withoutSecrets(delivery.said, secrets);
  if (delivery.outcome !== 'delivered') throw notDelivered(sink, delivery.outcome, said, tookNs);
  return { sink: name, type: sink.type.type, where: sink.type.where(sink.options), tookNs, said };
}

function message({ host }: AgentConfig, clock: Clock): Notification {
  const unixMs = clock.unixMs();
  return {
    id: `${host}-test-${unixMs.toString(36)}`,
    host,
    group: 'test',
    reason: 'test',
    severity: 'info',
    unixMs,
    firing: [],
    resolved: [],
    omitted: 0,
    link: null,
  };
}

function notDelivered(
  sink: SinkConfig,
  outcome: 'later' | 'refused' | 'rejected',
  said: string,
  tookNs: number,
): KeelError {
  const ms = Math.round(tookNs / 1e6);
  const key = keyHint(sink);
  return new KeelError('E_SINK', {
    what: {
      en: `${sink.name}: ${said}, after ${ms} ms${key}`,
      ko: `${sink.name}: ${said} (${ms} ms)${key}`,
    },
    next: [
      outcome === 'later'
        ? {
            en: 'The agent would try again, at first every second, later every five minutes.',
            ko: '에이전트라면 처음에는 1초마다, 나중에는 5분마다 다시 시도합니다.',
          }
        : {
            en: `Nothing was retried: this does not heal. Set sinks.${sink.name} right and test again.`,
            ko: `저절로 나아지지 않으므로 다시 시도하지 않았습니다. sinks.${sink.name}을(를) 고치고 다시 시험하세요.`,
          },
    ],
  });
}

/** Enough to see which key it was, and no more; of a short one nothing. */
function keyHint({ secrets }: SinkConfig): string {
  const [key] = Object.values(secrets);
  return key !== undefined && key.length >= 16 ? ` (key ends ..${key.slice(-2)})` : '';
}

function noSink({ sinks }: AgentConfig, name: string): KeelError {
  const names = sinks.map((sink) => sink.name);
  const near = nearest(name, names);
  const list = names.join(', ');
  return new KeelError('E_USAGE', {
    what: { en: `the configuration has no sink "${name}"`, ko: `설정에 "${name}" 알림 경로가 없습니다` },
    next: [
      names.length === 0
        ? {
            en: 'It has none at all: add one under sinks:',
            ko: '알림 경로가 하나도 없습니다. sinks: 아래에 추가하세요',
          }
        : { en: `It has ${list}${near === null ? '' : `; did you mean ${near}?`}`, ko: `있는 것: ${list}` },
    ],
  });
}
