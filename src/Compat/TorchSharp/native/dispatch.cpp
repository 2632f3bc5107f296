// Finding and calling an operator by its schema name: one function serves every ATen operator.
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "common.h"

namespace {

enum class Kind : uint8_t { Other, Double, TensorList, OptionalTensorList };

struct Operator {
  explicit Operator(c10::OperatorHandle h) : handle(std::move(h)) {
    const auto& schema = handle.schema();
    for (const auto& argument : schema.arguments()) {
      kinds.push_back(kind_of(argument.type()));
      defaults.push_back(argument.default_value().has_value() ? *argument.default_value() : c10::IValue());
      has_default.push_back(argument.default_value().has_value() || argument.type()->kind() == c10::TypeKind::OptionalType);
    }
  }

  static Kind kind_of(c10::TypePtr type) {
    if (type->kind() == c10::TypeKind::OptionalType) {
      type = type->castRaw<c10::OptionalType>()->getElementType();
    }
    if (type->kind() == c10::TypeKind::FloatType) {
      return Kind::Double;
    }
    if (type->kind() == c10::TypeKind::ListType) {
      auto element = type->castRaw<c10::ListType>()->getElementType();
      if (element->kind() == c10::TypeKind::TensorType) {
        return Kind::TensorList;
      }
      if (element->kind() == c10::TypeKind::OptionalType) {
        return Kind::OptionalTensorList;
      }
    }
    return Kind::Other;
  }

  c10::OperatorHandle handle;
  std::vector<Kind> kinds;
  std::vector<c10::IValue> defaults;
  std::vector<bool> has_default;
};

c10::IValue tensor_list(const AtArg& arg, Kind kind) {
  auto** handles = static_cast<void**>(arg.p);
  if (kind == Kind::OptionalTensorList) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(arg.n);
    for (int32_t k = 0; k < arg.n; k++) {
      list.push_back(handles[k] == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(alignment::borrow(handles[k])));
    }
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(arg.n);
  for (int32_t k = 0; k < arg.n; k++) {
    list.push_back(alignment::borrow(handles[k]));
  }
  return list;
}

template <typename T>
c10::IValue value_list(const AtArg& arg) {
  c10::List<T> list;
  list.reserve(arg.n);
  const auto* values = static_cast<const T*>(arg.p);
  for (int32_t k = 0; k < arg.n; k++) {
    list.push_back(values[k]);
  }
  return list;
}

c10::IValue to_ivalue(const AtArg& arg, Kind kind) {
  switch (arg.tag) {
    case AT_NONE:
      return c10::IValue();
    case AT_TENSOR:
      return arg.p == nullptr ? c10::IValue() : c10::IValue(alignment::borrow(arg.p));
    case AT_INT:
      return kind == Kind::Double ? c10::IValue(static_cast<double>(arg.i)) : c10::IValue(arg.i);
    case AT_DOUBLE:
      return c10::IValue(arg.d);
    case AT_BOOL:
      return c10::IValue(arg.i != 0);
    case AT_INT_LIST:
      return value_list<int64_t>(arg);
    case AT_DOUBLE_LIST:
      return value_list<double>(arg);
    case AT_TENSOR_LIST:
      return tensor_list(arg, kind);
    case AT_STRING:
      return c10::IValue(std::string(static_cast<const char*>(arg.p), arg.n));
    case AT_DEVICE:
      return c10::IValue(alignment::unpack_device(arg.i));
    case AT_GENERATOR:
      return c10::IValue(at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(arg.p))));
    default:
      TORCH_CHECK(false, "unknown argument tag ", arg.tag);
  }
}

AtArg to_result(c10::IValue&& value) {
  AtArg result{AT_NONE, 0, {0}};
  if (value.isTensor()) {
    result.tag = AT_TENSOR;
    result.p = alignment::give(std::move(value).toTensor());
  } else if (value.isInt()) {
    result.tag = AT_INT;
    result.i = value.toInt();
  } else if (value.isDouble()) {
    result.tag = AT_DOUBLE;
    result.d = value.toDouble();
  } else if (value.isBool()) {
    result.tag = AT_BOOL;
    result.i = value.toBool();
  } else if (value.isTensorList()) {
    auto list = value.toTensorVector();
    auto** handles = new void*[list.size() + 1];
    for (size_t k = 0; k < list.size(); k++) {
      handles[k] = alignment::give(std::move(list[k]));
    }
    result.tag = AT_TENSOR_LIST;
    result.n = static_cast<int32_t>(list.size());
    result.p = handles;
  } else {
    TORCH_CHECK(value.isNone(), "an operator returned a ", value.tagKind(), ", which the binding does not read");
  }
  return result;
}

thread_local torch::jit::Stack spare_stack;

}  // namespace

AT_EXPORT int32_t at_find(const char* name, const char* overload, void** op) {
  return alignment::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, overload[0] ? "." : "", overload);
    *op = new Operator(*handle);  // operators live as long as the process
  });
}

// Missing trailing arguments take the schema's defaults. results[capacity] receives *n_results values; a tensor list is an
// array for at_list_free.
AT_EXPORT int32_t at_call(void* op, const AtArg* args, int32_t n_args, AtArg* results, int32_t capacity, int32_t* n_results) {
  torch::jit::Stack stack;
  stack.swap(spare_stack);  // keeps the allocation; a nested call finds an empty one
  auto status = alignment::guarded([&] {
    const auto& o = *static_cast<Operator*>(op);
    const auto total = static_cast<int32_t>(o.kinds.size());
    TORCH_CHECK(n_args <= total, o.handle.schema().name(), " takes ", total, " arguments, ", n_args, " given");
    for (int32_t k = 0; k < total; k++) {
      if (k < n_args) {
        stack.push_back(to_ivalue(args[k], o.kinds[k]));
      } else {
        TORCH_CHECK(o.has_default[k], o.handle.schema().name(), ": argument '", o.handle.schema().arguments()[k].name(), "' is missing");
        stack.push_back(o.defaults[k]);
      }
    }
    o.handle.callBoxed(&stack);
    const auto n = static_cast<int32_t>(stack.size());
    TORCH_CHECK(n <= capacity, o.handle.schema().name(), " returned ", n, " values");
    for (int32_t k = 0; k < n; k++) {
      results[k] = to_result(std::move(stack[k]));
    }
    *n_results = n;
  });
  stack.clear();
  stack.swap(spare_stack);
  return status;
}

AT_EXPORT void at_list_free(void* list) {
  delete[] static_cast<void**>(list);
}
