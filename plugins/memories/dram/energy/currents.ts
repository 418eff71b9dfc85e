import type { Currents } from '../standards/form.js';

const currents = (VDD: number, IDD0: number, IDD2N: number, IDD3N: number, IDD4W: number, IDD4R: number, IDD5AB: number, IDD5PB = 5): Currents => ({
  VDD,
  IDD0,
  IDD2N,
  IDD3N,
  IDD4W,
  IDD4R,
  IDD5AB,
  IDD5PB,
});

/**
 * Currents of one die in mA (VDD in V) by the part names of DRAMsim3's configuration files, from which they are taken; they go
 * back to vendors' data sheets (GDDR and HBM: estimates of its authors).
 */
export const PART_CURRENTS: Readonly<Record<string, Currents>> = {
  DDR3_1Gb_x8_1333: currents(1.35, 33, 17, 23, 77, 72, 155),
  DDR3_4Gb_x8_1600: currents(1.35, 55, 32, 38, 125, 157, 235),
  DDR3_4Gb_x8_1866: currents(1.35, 62, 35, 41, 141, 174, 242),
  DDR3_8Gb_x8_1600: currents(1.35, 67, 36, 51, 125, 125, 245),
  DDR3_8Gb_x8_1866: currents(1.35, 69, 38, 53, 135, 135, 250),
  DDR3_8Gb_x16_1600: currents(1.35, 67, 36, 51, 185, 185, 270),
  DDR4_4Gb_x8_2400: currents(1.2, 60, 45, 60, 175, 145, 175),
  DDR4_8Gb_x4_2400: currents(1.2, 43, 34, 38, 103, 110, 250),
  DDR4_8Gb_x4_3200: currents(1.2, 52, 37, 47, 130, 143, 250),
  DDR4_8Gb_x8_1866: currents(1.2, 45, 33, 40, 115, 125, 250),
  DDR4_8Gb_x8_2133: currents(1.2, 45, 33, 40, 115, 125, 250),
  DDR4_8Gb_x8_2400: currents(1.2, 48, 34, 43, 123, 135, 250),
  DDR4_8Gb_x8_2666: currents(1.2, 51, 35, 46, 132, 146, 250),
  DDR4_8Gb_x8_2933: currents(1.2, 54, 36, 49, 141, 157, 250),
  DDR4_8Gb_x8_3200: currents(1.2, 57, 37, 52, 150, 168, 250),
  DDR4_8Gb_x16_2400: currents(1.2, 80, 34, 47, 228, 243, 280),
  DDR4_8Gb_x16_2666: currents(1.2, 85, 35, 50, 244, 263, 280),
  DDR4_8Gb_x16_3200: currents(1.2, 95, 37, 56, 278, 302, 280),
  LPDDR3_8Gb_x32_1333: currents(1.2, 40, 20, 20.5, 215, 220, 150),
  LPDDR3_8Gb_x32_1600: currents(1.2, 40, 20.5, 21, 245, 250, 150),
  LPDDR3_8Gb_x32_1866: currents(1.2, 41.5, 21.5, 22, 285, 290, 150),
  LPDDR4_8Gb_x16_2400: currents(1.2, 80, 34, 47, 228, 243, 280),
  GDDR5_1Gb_x32: currents(1.5, 490, 250, 450, 1160, 1080, 450, 45),
  GDDR5_8Gb_x32: currents(1.5, 75, 45, 55, 198, 211, 286, 45),
  GDDR5X_8Gb_x32: currents(1.35, 75, 45, 55, 198, 211, 286, 45),
  GDDR6_8Gb_x16: currents(1.35, 71, 60, 61, 231, 248, 286, 45),
  HBM1_4Gb_x128: currents(1.2, 65, 40, 55, 440, 360, 250),
  HBM2_4Gb_x128: currents(1.2, 65, 40, 55, 500, 390, 250),
  HBM2_8Gb_x128: currents(1.2, 65, 40, 55, 500, 390, 250),
};
