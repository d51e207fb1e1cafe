/** Hours that an old secret goes on beside the new one. */
export const OVERLAPS = [
  { value: "0", label: "Not at all" },
  { value: "1", label: "An hour" },
  { value: "24", label: "A day" },
  { value: "168", label: "A week" },
];
