import { Fragment } from "react";
import { parseLimited } from "./parse-limited";

/** Text of an announcement: pieces of React, never HTML. */
export function LimitedText({ source }: { source: string }) {
  return parseLimited(source).map((piece, index) => {
    switch (piece.kind) {
      case "bold":
        return <strong key={index} className="font-semibold">{piece.text}</strong>;
      case "code":
        return <code key={index} className="rounded bg-muted px-1 font-mono text-xs">{piece.text}</code>;
      case "link":
        return <a key={index} href={piece.href} rel="noreferrer noopener" className="underline underline-offset-4">{piece.text}</a>;
      case "text":
        return <Fragment key={index}>{piece.text}</Fragment>;
    }
  });
}
