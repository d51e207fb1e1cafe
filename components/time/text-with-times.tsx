import { Fragment } from "react";
import { formatExact } from "./format";

const MOMENT = /(\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A text of the server in which moments show in the viewer's zone. */
export function TextWithTimes({ text }: { text: string }) {
  // Every other part is a moment.
  return text.split(MOMENT).map((part, index) => (index % 2 === 0 ? <Fragment key={index}>{part}</Fragment> : <time key={index} dateTime={part} suppressHydrationWarning>{formatExact(new Date(part))}</time>));
}
