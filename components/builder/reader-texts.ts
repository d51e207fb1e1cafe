import type { AriaLabelConfig } from "@xyflow/react";

/** What a screen reader says of the canvas itself; the keys are those of the list of shortcuts. */
export const READER_TEXTS: Partial<AriaLabelConfig> = {
  "node.a11yDescription.default": "Press Enter to select. Then A adds a step after it, C connects it, M moves it, Delete takes it away, the arrow keys move it. Question mark lists all keys.",
  "node.a11yDescription.keyboardDisabled": "Press Enter to select. Question mark lists all keys.",
  "node.a11yDescription.ariaLiveMessage": ({ direction, x, y }) => `Moved ${direction}, to ${x}, ${y}.`,
  "edge.a11yDescription.default": "Press Enter to select. Then A adds a step into its middle, Delete takes it away.",
};
