/** What docs/fleet.md promises: an alert on one of three hosts reaches a webhook once, with a link to that finding. */
import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, getText, isInstalled, Programs, until } from './programs.ts';

const root = join(import.meta.dirname, '../..');
const NEEDED = ['prometheus', 'promtool', 'prometheus-alertmanager', 'amtool', 'python3'];
const absent = NEEDED.filter((program) => !isInstalled(program));

/** 2,000 pages a second: many for a rule, little for a CPU. */
const TOUCH =
  'import mmap,time\nwhile True:\n m=mmap.mmap(-1,400*4096)\n for i in range(400): m[i*4096]=1\n m.close(); time.sleep(0.2)';

interface Alert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe.skipIf(absent.length > 0)(`a fleet (needs ${absent.join(', ') || 'nothing more'})`, () => {
  const programs = new Programs();
  const received: Alert[] = [];
  let folder = '';
  let receiver: Server;
  let prometheus = '';
  const agents: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keel-fleet-'));
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        received.push(...JSON.parse(body).alerts);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    for (let i = 0; i < 3; i += 1) agents.push(await startAgent(i));
    prometheus = await startPrometheus(await startAlertmanager());
    await until('answer of each agent to Prometheus', async () => {
      const up = JSON.parse((await getText(`${prometheus}/api/v1/query?query=sum(up)`)) ?? '');
      return up.data.result[0]?.value[1] === '3' ? true : null;
    });
  });

  afterAll(async () => {
    await programs.endAll();
    receiver?.close();
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  async function startAgent(i: number): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    const path = join(folder, `agent-${i}.yaml`);
    writeFileSync(
      path,
      `host: host-${i}
state: ${folder}/agent-${i}
listen: ${address}
targets: [{ name: shop, cmdline: "keel-fleet-${i}$" }]
rules: [{ signal: minor-faults, above: 500, for: 2s, clearFor: 3s, grace: 0s }]
`,
    );
    programs.start(process.execPath, ['--import', 'tsx', join(root, 'src/cli/keel.ts'), 'agent', path]);
    await until(`agent ${i}`, () => getText(`http://${address}/-/healthy`));
    return address;
  }

  async function startAlertmanager(): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    const { port } = receiver.address() as { port: number };
    const config = readFileSync(join(root, 'share/prometheus/alertmanager.example.yml'), 'utf8')
      .replace('http://127.0.0.1:8080/alerts', `http://127.0.0.1:${port}/`)
      .replace('group_wait: 10s', 'group_wait: 1s')
      .replace('group_interval: 1m', 'group_interval: 2s');
    const path = join(folder, 'alertmanager.yml');
    writeFileSync(path, config);
    programs.start('prometheus-alertmanager', [
      `--config.file=${path}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ]);
    await until('Alertmanager', () => getText(`http://${address}/-/ready`));
    return address;
  }

  async function startPrometheus(alertmanager: string): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    const config = readFileSync(join(root, 'share/prometheus/prometheus.example.yml'), 'utf8')
      .replaceAll('15s', '1s')
      .replace('/etc/prometheus/evenkeel.rules.yml', join(root, 'share/prometheus/evenkeel.rules.yml'))
      .replace("['host-a:9464', 'host-b:9464', 'host-c:9464']", JSON.stringify(agents))
      .replace('localhost:9093', alertmanager);
    const path = join(folder, 'prometheus.yml');
    writeFileSync(path, config);
    programs.start('prometheus', [
      `--config.file=${path}`,
      `--storage.tsdb.path=${folder}/prometheus`,
      `--web.listen-address=${address}`,
    ]);
    await until('Prometheus', () => getText(`http://${address}/-/ready`));
    return `http://${address}`;
  }

  const told = (status: string) =>
    received.filter((one) => one.status === status && one.labels.alertname === 'KeelIncident');

  it('tells the webhook of an alert on one host once, with a link to that finding, and of its end', async () => {
    const culprit: ChildProcess = programs.start('python3', ['-c', TOUCH, 'keel-fleet-1']);
    const alert = await until('alert', () => told('firing')[0]).catch((error) => {
      throw new Error(`${error.message}\n${programs.log}`);
    });
    expect(alert.labels).toMatchObject({ instance: agents[1], target: 'shop', rule: 'minor-faults' });
    const page = await getText(alert.annotations.link ?? '');
    expect(page).toContain('host-1');
    expect(page).toContain(`python3 ${culprit.pid}`);
    await programs.end(culprit);
    await until('end of it', () => told('resolved')[0]);
    expect(told('firing'), programs.log).toHaveLength(1);
    expect(
      told('firing')
        .concat(told('resolved'))
        .every((one) => one.labels.instance === agents[1]),
    ).toBe(true);
  });

  it('has metrics that promtool finds nothing in', async () => {
    const metrics = await getText(`http://${agents[0]}/metrics`);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: metrics ?? '',
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });

  it('has rules, and examples, that the real programs take', () => {
    const rules = join(root, 'share/prometheus/evenkeel.rules.yml');
    expect(spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })).toMatchObject({
      status: 0,
    });
    const example = join(root, 'share/prometheus/alertmanager.example.yml');
    expect(spawnSync('amtool', ['check-config', example], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  });

  it('has a dashboard of which Prometheus understands every panel, and of which each metric is there', async () => {
    const dashboard = JSON.parse(readFileSync(join(root, 'share/grafana/evenkeel.json'), 'utf8'));
    const metrics = (await getText(`http://${agents[0]}/metrics`)) ?? '';
    for (const panel of dashboard.panels) {
      for (const { expr } of panel.targets) {
        const query = expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(instance|target)/g, '.*');
        const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
        expect(await answer.json(), expr).toMatchObject({ status: 'success' });
        for (const [name] of expr.matchAll(/keel_\w+/g)) expect(metrics).toContain(`# TYPE ${name} `);
      }
    }
  });
});
