/** Everything the rules found, with its evidence. */
import { isMissing } from '../../base/missing.ts';
import { Card } from '../card.tsx';
import { evidenceText } from '../format.ts';
import { say, words } from '../language.ts';
import { lastFrame } from '../state.ts';

export function Findings() {
  const judgement = lastFrame.value?.judgement;
  if (judgement === undefined) return null;
  const title = words('Findings', '발견');
  if (isMissing(judgement)) {
    return (
      <Card width={12} title={title}>
        <p class="notice">— {judgement.detail ?? judgement.missing}</p>
      </Card>
    );
  }
  return (
    <Card
      width={12}
      title={title}
      hint={words(
        `of the last ${(judgement.windowNs / 1e9).toFixed(0)} s`,
        `최근 ${(judgement.windowNs / 1e9).toFixed(0)}초`,
      )}
    >
      {judgement.findings.length === 0 ? <p class="hint">{words('none', '없음')}</p> : null}
      <table>
        <tbody>
          {judgement.findings.map((finding) => (
            <tr key={finding.rule}>
              <th scope="row">{say(finding.summary)}</th>
              <td>
                {finding.evidence.map((one) => (
                  <div key={one.source + one.text.en}>
                    <small>
                      {say(one.text)}: {evidenceText(one.value, one.unit)} ({one.source})
                    </small>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
