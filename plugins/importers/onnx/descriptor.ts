/**
 * The messages of the ONNX file format (onnx.proto, field numbers as published), as protobufjs reads them from JSON.
 * Weight data of repeated scalar fields are declared as well: small ones are shapes and axes.
 */
type Field = { readonly type: string; readonly id: number; readonly rule?: 'repeated' };

const one = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ type, id, rule: 'repeated' });

export const ONNX_DESCRIPTOR = {
  nested: {
    onnx: {
      nested: {
        StringStringEntryProto: { fields: { key: one('string', 1), value: one('string', 2) } },
        TensorProto: {
          fields: {
            dims: many('int64', 1),
            dataType: one('int32', 2),
            floatData: many('float', 4),
            int32Data: many('int32', 5),
            int64Data: many('int64', 7),
            name: one('string', 8),
            rawData: one('bytes', 9),
            doubleData: many('double', 10),
            uint64Data: many('uint64', 11),
            externalData: many('StringStringEntryProto', 13),
            dataLocation: one('int32', 14),
          },
        },
        SparseTensorProto: { fields: { values: one('TensorProto', 1), indices: one('TensorProto', 2), dims: many('int64', 3) } },
        AttributeProto: {
          fields: {
            name: one('string', 1),
            f: one('float', 2),
            i: one('int64', 3),
            s: one('bytes', 4),
            t: one('TensorProto', 5),
            g: one('GraphProto', 6),
            floats: many('float', 7),
            ints: many('int64', 8),
            strings: many('bytes', 9),
            type: one('int32', 20),
            refAttrName: one('string', 21),
          },
        },
        Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) }, oneofs: { value: { oneof: ['dimValue', 'dimParam'] } } },
        TensorShapeProto: { fields: { dim: many('Dimension', 1) } },
        TensorType: { fields: { elemType: one('int32', 1), shape: one('TensorShapeProto', 2) } },
        TypeProto: { fields: { tensorType: one('TensorType', 1) } },
        ValueInfoProto: { fields: { name: one('string', 1), type: one('TypeProto', 2) } },
        NodeProto: {
          fields: {
            input: many('string', 1),
            output: many('string', 2),
            name: one('string', 3),
            opType: one('string', 4),
            attribute: many('AttributeProto', 5),
            domain: one('string', 7),
          },
        },
        GraphProto: {
          fields: {
            node: many('NodeProto', 1),
            name: one('string', 2),
            initializer: many('TensorProto', 5),
            input: many('ValueInfoProto', 11),
            output: many('ValueInfoProto', 12),
            valueInfo: many('ValueInfoProto', 13),
            sparseInitializer: many('SparseTensorProto', 15),
          },
        },
        OperatorSetIdProto: { fields: { domain: one('string', 1), version: one('int64', 2) } },
        FunctionProto: {
          fields: {
            name: one('string', 1),
            input: many('string', 4),
            output: many('string', 5),
            attribute: many('string', 6),
            node: many('NodeProto', 7),
            domain: one('string', 10),
            attributeProto: many('AttributeProto', 11),
          },
        },
        ModelProto: {
          fields: {
            irVersion: one('int64', 1),
            producerName: one('string', 2),
            graph: one('GraphProto', 7),
            opsetImport: many('OperatorSetIdProto', 8),
            functions: many('FunctionProto', 25),
          },
        },
      },
    },
  },
};

/** Fields of a tensor that list its elements one by one; the other form is raw data. */
export const LISTS: readonly string[] = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data'];
