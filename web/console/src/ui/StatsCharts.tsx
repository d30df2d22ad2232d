import { Text } from "@mantine/core";
import type { StatsSample } from "../api/types";
import { type Frame, linePath, niceTop } from "../model/chart";
import { bitrate, milliseconds, moment } from "../model/format";

interface Curve {
  label: string;
  value: (sample: StatsSample) => number | null;
}

const WIDTH = 300;
const HEIGHT = 80;
const CURVE_CLASSES = ["curve-a", "curve-b", "curve-c", "curve-d"];

interface ChartProps {
  title: string;
  samples: StatsSample[];
  curves: Curve[];
  format: (value: number) => string;
  /** The value at the top, where it is always the same. */
  top?: number;
}

function Chart({ title, samples, curves, format, top }: ChartProps) {
  const times = samples.map((s) => Date.parse(s.time));
  const values = curves.map(({ value }) => samples.map(value));
  const most = Math.max(0, ...values.flat().map((v) => v ?? 0));
  const frame: Frame = {
    width: WIDTH,
    height: HEIGHT,
    fromMs: times[0] ?? 0,
    toMs: times.at(-1) ?? 1,
    top: top ?? niceTop(most),
  };
  const last = (i: number) => values[i]?.findLast((v) => v !== null) ?? null;
  const words = curves.map(({ label }, i) => {
    const value = last(i);
    return `${label} ${value === null ? "–" : format(value)}`;
  });
  return (
    <figure className="chart">
      <figcaption>
        {title} <span className="sub">up to {format(frame.top)}</span>
      </figcaption>
      <svg
        viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}, last: ${words.join(", ")}`}
      >
        <line className="axis" x1={0} y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
        {curves.map(({ label }, i) => (
          <path
            key={label}
            className={`curve ${CURVE_CLASSES[i]}`}
            d={linePath(
              times.flatMap((atMs, at) => {
                const value = values[i]?.[at];
                return value === null || value === undefined ? [] : [{ atMs, value }];
              }),
              frame,
            )}
          />
        ))}
      </svg>
      <ul className="legend">
        {words.map((word, i) => (
          <li key={word} className={CURVE_CLASSES[i]}>
            {word}
          </li>
        ))}
      </ul>
    </figure>
  );
}

const afterwards = (time: string) => new Date(Date.parse(time) + 1).toISOString();

const rate = (label: string, key: keyof StatsSample): Curve => ({
  label,
  value: (s) => s[key] as number,
});

/** Bit rates, loss, delay and quality over the time of the samples. */
export function StatsCharts({ samples }: { samples: StatsSample[] }) {
  const [first] = samples;
  if (!first)
    return (
      <Text size="sm" c="dimmed">
        Nothing was measured yet: the first figures come after 30 seconds, or when somebody leaves.
      </Text>
    );
  const now = Date.now();
  // A curve needs two points.
  const drawn = samples.length > 1 ? samples : [first, { ...first, time: afterwards(first.time) }];
  return (
    <>
      <div className="charts">
        <Chart
          title="To the server"
          samples={drawn}
          format={bitrate}
          curves={[
            rate("video", "averageSendVideoBitrate"),
            rate("audio", "averageSendAudioBitrate"),
          ]}
        />
        <Chart
          title="From the server"
          samples={drawn}
          format={bitrate}
          curves={[
            rate("video", "averageRecvVideoBitrate"),
            rate("audio", "averageRecvAudioBitrate"),
          ]}
        />
        <Chart
          title="Packets lost"
          samples={drawn}
          format={(n) => n.toFixed(0)}
          curves={[
            { label: "sent", value: (s) => s.sendAudioPacketLost + s.sendVideoPacketLost },
            { label: "received", value: (s) => s.recvAudioPacketLost + s.recvVideoPacketLost },
          ]}
        />
        <Chart
          title="Delay"
          samples={drawn}
          format={milliseconds}
          curves={[
            rate("round trip", "averageVideoRtt"),
            {
              label: "jitter",
              value: (s) => Math.max(s.averageAudioJitter, s.averageVideoJitter),
            },
          ]}
        />
        <Chart
          title="Quality (MOS)"
          samples={drawn}
          top={5}
          format={(n) => n.toFixed(1)}
          curves={[
            { label: "video", value: (s) => s.qualityScore.video },
            { label: "audio", value: (s) => s.qualityScore.audio },
          ]}
        />
      </div>
      <p className="sub">
        {moment(first.time, now)} to {moment(samples.at(-1)?.time ?? null, now)}, in slices of 30
        seconds
      </p>
    </>
  );
}
