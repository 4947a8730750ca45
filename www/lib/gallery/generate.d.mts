import type { Gallery } from "../gallery.js";

/** The gallery, from the folder of the tests. It throws if a vector that was chosen is gone. */
export function generateGallery(tests: string): Gallery;
