import type { Bounds } from './bounds.ts';
import { type Georeference, pixelToLonLat } from './lonLat.ts';
import type { Rect } from './rect.ts';

/** Works out the bounds of a part of a picture; longitudes past 180 come round to the west. */
export function cellBounds(cell: Rect, picture: Georeference): Bounds {
  const [west, north] = pixelToLonLat(picture, cell.x, cell.y);
  const [east, south] = pixelToLonLat(picture, cell.x + cell.width, cell.y + cell.height);
  return [west >= 180 ? west - 360 : west, south, east > 180 ? east - 360 : east, north];
}
