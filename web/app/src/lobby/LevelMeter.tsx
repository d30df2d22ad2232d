import { useEffect, useRef } from "react";
import { t } from "../strings";

const BARS = 12;

/** Shows that the microphone hears something. */
export function LevelMeter({ stream }: { stream: MediaStream | undefined }) {
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!stream) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
      // -60 dB is silence, -10 dB is loud.
      const level = Math.max(0, Math.min(1, (10 * Math.log10(power + 1e-9) + 60) / 50));
      root.current?.style.setProperty("--level", String(Math.round(level * BARS)));
      root.current?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      void context.close();
    };
  }, [stream]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn as bars
    <div
      ref={root}
      className="level"
      role="meter"
      aria-label={t("micLevel")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      {Array.from({ length: BARS }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name
        <span key={i} style={{ "--bar": i } as React.CSSProperties} />
      ))}
    </div>
  );
}
