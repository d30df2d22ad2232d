/** What samples use and do not install here. */
declare module "@livekit/react-native" {
  export function registerGlobals(): void;
}
