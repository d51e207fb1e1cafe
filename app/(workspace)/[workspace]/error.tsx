"use client";

import { Broken, type BrokenProps } from "@/components/shell/broken";

export default function WorkspaceError(props: BrokenProps) {
  return <Broken {...props} />;
}
