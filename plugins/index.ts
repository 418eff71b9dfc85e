/**
 * The built-in plugins, one line each, sorted by folder. The command line hands this list to core; core itself knows none
 * of them. A test compares the list with the folders.
 */
import type { Plugin } from 'tessera-sim';
import directCollective from './collectives/direct/index.js';
import inNetworkCollective from './collectives/in-network/index.js';
import meshCollective from './collectives/mesh/index.js';
import ringCollective from './collectives/ring/index.js';
import treeCollective from './collectives/tree/index.js';
import bitSerial from './cores/bit-serial/index.js';
import givenCycles from './cores/given-cycles/index.js';
import systolic from './cores/systolic/index.js';
import vector from './cores/vector/index.js';
import coreEstimateRecords from './crosschecks/core-estimate/index.js';
import depthFirstEstimateRecords from './crosschecks/depth-first-estimate/index.js';
import dramTraceRecords from './crosschecks/dram-trace/index.js';
import fusedGemmRtlRecords from './crosschecks/fused-gemm-rtl/index.js';
import gemmRtlRecords from './crosschecks/gemm-rtl/index.js';
import multicoreScheduleRecords from './crosschecks/multicore-schedule/index.js';
import nocTrafficRecords from './crosschecks/noc-traffic/index.js';
import systolicLayerRecords from './crosschecks/systolic-layer/index.js';
import timeloopEstimateRecords from './crosschecks/timeloop-estimate/index.js';
import fusedTreeEstimate from './crosschecks/fused-tree-estimate/index.js';
import dma from './dma/dma/index.js';
import rateDma from './dma/rate-dma/index.js';
import definesEstimator from './estimators/defines/index.js';
import roofline from './estimators/roofline/index.js';
import systolicClosedForm from './estimators/systolic-closed-form/index.js';
import zigzagLatency from './estimators/zigzag-latency/index.js';
import timeloopModel from './estimators/timeloop/index.js';
import tileflowEstimator from './estimators/tileflow/index.js';
import memoryTrace from './experiments/memory-trace/index.js';
import traffic from './experiments/traffic/index.js';
import chromeTrace from './exporters/chrome-trace/index.js';
import csv from './exporters/csv/index.js';
import dramCommands from './exporters/dram-commands/index.js';
import htmlReport from './exporters/html-report/index.js';
import json from './exporters/json/index.js';
import junit from './exporters/junit/index.js';
import scheduleExporter from './exporters/schedule/index.js';
import table from './exporters/table/index.js';
import zigzagMapping from './exporters/zigzag-mapping/index.js';
import definesPoints from './importers/defines/index.js';
import timeloopMap from './exporters/timeloop-map/index.js';
import tileflowTree from './exporters/tileflow-tree/index.js';
import layers from './importers/layers/index.js';
import onnx from './importers/onnx/index.js';
import parts from './importers/parts/index.js';
import setSchedules from './importers/set/index.js';
import streamSchedules from './importers/stream/index.js';
import zigzagFiles from './importers/zigzag/index.js';
import timeloopFiles from './importers/timeloop/index.js';
import tileflowFiles from './importers/tileflow/index.js';
import depthFirst from './mappers/depth-first/index.js';
import givenNests from './mappers/given-nests/index.js';
import layerByLayer from './mappers/layer-by-layer/index.js';
import cache from './memories/cache/index.js';
import dramSimple from './memories/dram-simple/index.js';
import dram from './memories/dram/index.js';
import sram from './memories/sram/index.js';
import bus from './networks/bus/index.js';
import dieToDie from './networks/die-to-die/index.js';
import ideal from './networks/ideal/index.js';
import meshPacket from './networks/mesh-packet/index.js';
import nocFlit from './networks/noc-flit/index.js';
import packet from './networks/packet/index.js';
import pimBank from './pim/pim-bank/index.js';
import inProcess from './runners/in-process/index.js';
import pool from './runners/pool/index.js';
import figures from './services/figures/index.js';
import folderStore from './stores/folder/index.js';
import memoryStore from './stores/memory/index.js';

export const builtinPlugins: readonly Plugin[] = [
  directCollective,
  inNetworkCollective,
  meshCollective,
  ringCollective,
  treeCollective,
  bitSerial,
  givenCycles,
  systolic,
  vector,
  coreEstimateRecords,
  depthFirstEstimateRecords,
  dramTraceRecords,
  fusedGemmRtlRecords,
  gemmRtlRecords,
  multicoreScheduleRecords,
  nocTrafficRecords,
  systolicLayerRecords,
  timeloopEstimateRecords,
  fusedTreeEstimate,
  dma,
  rateDma,
  definesEstimator,
  roofline,
  systolicClosedForm,
  zigzagLatency,
  timeloopModel,
  tileflowEstimator,
  memoryTrace,
  traffic,
  chromeTrace,
  csv,
  dramCommands,
  htmlReport,
  json,
  junit,
  scheduleExporter,
  table,
  zigzagMapping,
  definesPoints,
  timeloopMap,
  tileflowTree,
  layers,
  onnx,
  parts,
  setSchedules,
  streamSchedules,
  zigzagFiles,
  timeloopFiles,
  tileflowFiles,
  depthFirst,
  givenNests,
  layerByLayer,
  cache,
  dramSimple,
  dram,
  sram,
  bus,
  dieToDie,
  ideal,
  meshPacket,
  nocFlit,
  packet,
  pimBank,
  inProcess,
  pool,
  figures,
  folderStore,
  memoryStore,
];
