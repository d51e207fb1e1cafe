"use client";

import { useEffect, useState } from "react";
import { untilReleased } from "./until-idle";

/** What is new shows once no button is held down, whoever it comes from: it moves nothing from below a click. */
export function useUnlessHeld<Value>(value: Value): Value {
  const [shown, setShown] = useState(() => ({ value }));
  useEffect(() => {
    let isOld = false;
    void untilReleased().then(() => (isOld ? undefined : setShown((known) => (known.value === value ? known : { value }))));
    return () => void (isOld = true);
  }, [value]);
  return shown.value;
}
