// What ffprobe finds in a file or at an address.
import { execFileSync } from 'node:child_process';

export function probe(source) {
  const text = execFileSync('ffprobe', [
    '-v', 'error', '-show_streams', '-show_format', '-of', 'json', source,
  ]);
  const { streams, format } = JSON.parse(text);
  const video = streams.find((s) => s.codec_type === 'video');
  const audio = streams.find((s) => s.codec_type === 'audio');
  return { video, audio, seconds: Number(format.duration), format: format.format_name };
}
