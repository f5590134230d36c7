/** One estimate with its interval on a scale: a point, a line through it, and what is beyond the scale as an arrow. */
import './interval.css';

export interface IntervalProps {
  /** What is drawn, in words. */
  readonly label: string;
  readonly low: number;
  readonly point: number;
  readonly high: number;
  readonly scale: Scale;
  readonly tone: 'good' | 'bad' | 'none' | 'kept';
  /** Where nothing would have changed. */
  readonly zero?: number;
  /** Differences that noise alone makes. */
  readonly noise?: readonly [low: number, high: number] | null;
}

/** From a value to a share of the width, 0 to 1 where it is on the scale. */
export type Scale = (value: number) => number;

export function linearScale(low: number, high: number): Scale {
  return (value) => (value - low) / (high - low || 1);
}

/** @param low above 0 */
export function logScale(low: number, high: number): Scale {
  return (value) => Math.log(value / low) / (Math.log(high / low) || 1);
}

/** Some room at both ends, for the points there. */
const EDGE_PCT = 7;

export function placePct(share: number): number {
  return EDGE_PCT + (100 - 2 * EDGE_PCT) * Math.min(1, Math.max(0, share));
}

export function Interval({ label, low, point, high, scale, tone, zero, noise }: IntervalProps) {
  const at = (value: number) => `${placePct(scale(value))}%`;
  return (
    <svg class={`interval ${tone}`} role="img" aria-label={label}>
      {noise ? (
        <rect
          class="noise"
          x={at(noise[0])}
          width={`${placePct(scale(noise[1])) - placePct(scale(noise[0]))}%`}
          y="0"
          height="100%"
        />
      ) : null}
      {zero === undefined ? null : <line class="zero" x1={at(zero)} x2={at(zero)} y1="0" y2="100%" />}
      <line class="span" x1={at(low)} x2={at(high)} y1="50%" y2="50%" />
      {scale(low) < 0 ? <Mark at={at(low)} d="M-8 0L0 -5V5Z" /> : null}
      {scale(high) > 1 ? <Mark at={at(high)} d="M8 0L0 -5V5Z" /> : null}
      {scale(point) < 0 || scale(point) > 1 ? null : <Mark at={at(point)} d="M-5 0L0 -5L5 0L0 5Z" />}
    </svg>
  );
}

function Mark({ at, d }: { readonly at: string; readonly d: string }) {
  return (
    <svg x={at} y="50%" overflow="visible" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
