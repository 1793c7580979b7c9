import type { RgbImage } from './decodeImage.ts';
import type { PixelPoint, Room } from './detectionResult.ts';
import type { OpenCv } from './loadOpenCv.ts';
import { matScope } from './matScope.ts';
import type { RoomsConfig } from './modelConfig.ts';
import { planeMat } from './planeMat.ts';
import { rounded } from './rounded.ts';

/** A room before it has its place in the list. */
type FoundRoom = Omit<Room, 'id'>;

/** Finds the closed contours of a drawing, such as the rooms of a floor plan, in reading order of their boxes. */
export function detectRooms(cv: OpenCv, image: RgbImage, config: RoomsConfig): Room[] {
  return matScope(cv, (keep) => {
    const ink = keep(planeMat(cv, image, 'gray'));
    cv.GaussianBlur(ink, ink, new cv.Size(5, 5), 0);
    cv.adaptiveThreshold(ink, ink, 255, cv.ADAPTIVE_THRESH_GAUSSIAN_C, cv.THRESH_BINARY_INV, 11, 2);
    const square = keep(cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(3, 3)));
    cv.morphologyEx(ink, ink, cv.MORPH_CLOSE, square); // joins broken lines
    cv.morphologyEx(ink, ink, cv.MORPH_OPEN, square); // drops specks
    const contours = keep(new cv.MatVector());
    const hierarchy = keep(new cv.Mat());
    cv.findContours(ink, contours, hierarchy, cv.RETR_CCOMP, cv.CHAIN_APPROX_SIMPLE);
    const found: FoundRoom[] = [];
    for (let i = 0; i < Number(contours.size()); i += 1) {
      const parent = hierarchy.data32S[4 * i + 3]; // next, previous, child, parent
      const room = parent === -1 ? measure(cv, contours, i, config) : undefined;
      if (room !== undefined) found.push(room);
    }
    return found.sort(inReadingOrder).map((room, i) => ({ id: `room_${String(i + 1).padStart(3, '0')}`, ...room }));
  });
}

function measure(
  cv: OpenCv,
  contours: InstanceType<OpenCv['MatVector']>,
  i: number,
  config: RoomsConfig,
): FoundRoom | undefined {
  return matScope(cv, (keep) => {
    const contour = keep(contours.get(i));
    const area = cv.contourArea(contour);
    if (area < config.min_area || area > config.max_area) return undefined;
    const corners = keep(new cv.Mat());
    cv.approxPolyDP(contour, corners, config.epsilon_factor * cv.arcLength(contour, true), true);
    const vertices = points(corners.data32S);
    if (vertices.length < 4) return undefined;
    const { x, y, width, height } = cv.boundingRect(contour);
    const confidence = 0.7 * (area / (width * height)) + 0.3 * Math.max(0, 1 - 0.1 * (vertices.length - 4));
    return {
      area,
      vertices,
      bounding_box: { x, y, width, height },
      confidence: rounded(Math.min(1, Math.max(0, confidence))),
    };
  });
}

function points(xy: Int32Array): PixelPoint[] {
  return Array.from({ length: xy.length / 2 }, (_, i) => ({ x: xy[2 * i] ?? 0, y: xy[2 * i + 1] ?? 0 }));
}

function inReadingOrder(a: FoundRoom, b: FoundRoom): number {
  return a.bounding_box.y - b.bounding_box.y || a.bounding_box.x - b.bounding_box.x || b.area - a.area;
}
