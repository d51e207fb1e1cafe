"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { toasterPort } from "./toast";

const ShownToasts = dynamic(() => import("./shown-toasts").then((module) => module.ShownToasts), { ssr: false });

export function Toaster() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => toasterPort.onWanted(() => setWanted(true)), []);
  return isWanted ? <ShownToasts /> : null;
}
