import { encode } from "uqr";

const QUIET_MODULES = 4;

/** Drawn here: what it holds goes to nobody. Always dark on light, which cameras expect. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET_MODULES });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" className="mx-auto size-48 rounded-md border bg-white">
      <path d={path} fill="#000" />
    </svg>
  );
}
