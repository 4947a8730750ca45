import type { Gallery } from "../gallery.js";

/** The gallery, from the folder of the vectors. It throws if a vector that was chosen is gone. */
export function generateGallery(folder: string): Gallery;
