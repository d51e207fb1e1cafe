import { Fragment } from "react";

const CODE = /`([^`]+)`/;

/** A text in which names stand between backticks. */
export function CodedText({ text }: { text: string }) {
  return text.split(CODE).map((part, index) =>
    index % 2 === 1 ? <code key={index} className="rounded-xs bg-muted px-1 font-mono text-[0.92em] break-words">{part}</code> : <Fragment key={index}>{part}</Fragment>,
  );
}

/** The same where only letters can stand. */
export function plainText(text: string): string {
  return text.replaceAll("`", "");
}
