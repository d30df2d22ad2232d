import { createTheme, type MantineColorsTuple } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#eef0ff",
  "#dde1fb",
  "#b9c1f2",
  "#929eea",
  "#7281e3",
  "#5d6fdf",
  "#5265de",
  "#4354c5",
  "#394ab1",
  "#2d3f9d",
];
const dark: MantineColorsTuple = [
  "#e6e8ee",
  "#b9bfcc",
  "#8d95a6",
  "#5f6779",
  "#3a4150",
  "#2b313d",
  "#20252f",
  "#181c24",
  "#11141a",
  "#0b0d12",
];

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 7, dark: 6 },
  colors: { brand, dark },
  defaultRadius: "md",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
});
