// What the fake meeting of the screenshots shows, by the address: `?people=9&share=1&…`.
const query = new URLSearchParams(window.location.search);
const has = (name: string) => query.has(name);

const NAMES = [
  "Ada Lovelace",
  "Grace Hopper",
  "Alan Turing",
  "Katherine Johnson",
  "Edsger Dijkstra",
  "Barbara Liskov",
  "Ken Thompson",
  "Radia Perlman",
  "Tim Berners-Lee",
  "Margaret Hamilton",
  "Donald Knuth",
  "Frances Allen",
  "Dennis Ritchie",
  "Hedy Lamarr",
  "Linus Torvalds",
  "Shafi Goldwasser",
  "Vint Cerf",
  "Anita Borg",
  "John McCarthy",
  "Jean Bartik",
  "Niklaus Wirth",
  "Lynn Conway",
  "Bjarne Stroustrup",
  "Sophie Wilson",
  "Claude Shannon",
];
const LONG = "Wolfeschlegelsteinhausenbergerdorff-Bartholomäus von und zu Hohenzollern-Sigmaringen";

export interface Figure {
  id: string;
  name: string;
  camera: boolean;
  mic: boolean;
  screen: boolean;
}

const count = Number(query.get("people") ?? 1);
export const figures: Figure[] = Array.from({ length: count }, (_, i) => ({
  id: `p${i}`,
  name:
    has("long") && i % 2 === 1
      ? LONG
      : has("arabic")
        ? (["محمد علي", "فاطمة الزهراء"][i % 2] ?? "")
        : (NAMES[i % NAMES.length] ?? ""),
  camera: !has("dark-cameras") && (count < 3 || i % 4 !== 2),
  mic: i % 3 !== 1,
  screen: has("share") && i === 1,
}));

export const scene = {
  speaker: figures.length > 2 ? "p2" : null,
  hands: has("hands") ? ["p1", "p3"].filter((id) => figures.some((f) => f.id === id)) : [],
  reconnecting: has("reconnecting"),
  waits: has("waiting"),
  asks: has("asks"),
  recording: has("recording"),
  hls: has("hls"),
  pinned: query.get("pin"),
  chat: has("chat")
    ? [
        ["p1", "Good morning! Can everybody hear me?"],
        ["p0", "Loud and clear."],
        [
          "p2",
          "The agenda is at https://example.org/agenda/2026-11-28?week=48 — I added two points about the release and the retrospective.",
        ],
        ["p2", "Shall we begin?"],
        ["p0", "Yes 👍"],
      ]
    : [],
};

const HUES = [212, 28, 152, 268, 340, 92, 190, 12];

/** A picture like that of a camera, or of a screen with slides. */
export function picture(seed: number, screen = false): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = screen ? [1920, 1080] : [1280, 720];
  const pen = canvas.getContext("2d");
  const track = canvas.captureStream(2).getVideoTracks()[0];
  if (!pen || !track) throw new Error("no canvas");
  const draw = () => (screen ? slide(pen) : face(pen, HUES[seed % HUES.length] ?? 0));
  draw();
  setInterval(draw, 500);
  return track;
}

function face(pen: CanvasRenderingContext2D, hue: number): void {
  const wall = pen.createLinearGradient(0, 0, 1280, 720);
  wall.addColorStop(0, `hsl(${hue} 30% 62%)`);
  wall.addColorStop(1, `hsl(${hue + 30} 26% 38%)`);
  pen.fillStyle = wall;
  pen.fillRect(0, 0, 1280, 720);
  pen.fillStyle = `hsl(${hue + 180} 32% 30%)`;
  pen.beginPath();
  pen.ellipse(640, 760, 290, 260, 0, 0, 7);
  pen.fill();
  pen.fillStyle = `hsl(${24 + (hue % 12)} 42% ${48 + (hue % 24)}%)`;
  pen.beginPath();
  pen.ellipse(640, 350, 130, 165, 0, 0, 7);
  pen.fill();
  pen.fillStyle = "#2b211d";
  pen.beginPath();
  pen.ellipse(640, 270, 142, 110, 0, Math.PI, 0);
  pen.fill();
}

function slide(pen: CanvasRenderingContext2D): void {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 1920, 1080);
  pen.fillStyle = "#1c2b4a";
  pen.font = "700 96px sans-serif";
  pen.fillText("Quarterly review", 140, 220);
  pen.font = "44px sans-serif";
  for (const [i, line] of [
    "Calls per day doubled",
    "Join time fell to 0.9 s",
    "Next: larger rooms",
  ].entries())
    pen.fillText(`•  ${line}`, 160, 360 + 90 * i);
  pen.fillStyle = "#4c5fe0";
  for (let i = 0; i < 7; i++) pen.fillRect(160 + 220 * i, 980 - 40 * (i + 1), 140, 40 * (i + 1));
}
