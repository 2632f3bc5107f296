// libalignment_meta, for tests: tensors of the meta device have shapes, types and a device, but no values. A step that runs on it reads nothing back.
// Here are the kernels that libtorch lacks there for operators that no GPU waits for, and a watch over what a thread calls.
#include <ATen/ATen.h>
#include <ATen/ExpandUtils.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>
#include <torch/library.h>

#include <array>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using at::Tensor;

Tensor index_select(const Tensor& self, int64_t dim, const Tensor& index) {
  auto sizes = self.sizes().vec();
  sizes.at(at::maybe_wrap_dim(dim, self.dim())) = index.numel();
  return at::empty(sizes, self.options());
}

Tensor where(const Tensor& condition, const Tensor& self, const Tensor& other) {
  auto sizes = at::infer_size(condition.sizes(), at::infer_size(self.sizes(), other.sizes()));
  return at::empty(sizes, self.options().dtype(at::result_type(self, other)).device(condition.device()));
}

Tensor bucketize(const Tensor& self, const Tensor&, bool out_int32, bool) {
  return at::empty(self.sizes(), self.options().dtype(out_int32 ? at::kInt : at::kLong));
}

std::tuple<Tensor, Tensor, Tensor> layer_norm(const Tensor& input, at::IntArrayRef shape, const c10::optional<Tensor>&, const c10::optional<Tensor>&, double) {
  auto rows = input.sizes().vec();
  std::fill(rows.end() - shape.size(), rows.end(), 1);
  return {at::empty(input.sizes(), input.options()), at::empty(rows, input.options()), at::empty(rows, input.options())};
}

std::tuple<Tensor, Tensor, Tensor> layer_norm_backward(
    const Tensor&, const Tensor& input, at::IntArrayRef shape, const Tensor&, const Tensor&, const c10::optional<Tensor>&, const c10::optional<Tensor>&, std::array<bool, 3> wanted) {
  auto make = [&](bool is_wanted, at::IntArrayRef sizes) { return is_wanted ? at::empty(sizes, input.options()) : Tensor(); };
  return {make(wanted[0], input.sizes()), make(wanted[1], shape), make(wanted[2], shape)};
}

std::tuple<Tensor, Tensor> log_sigmoid(const Tensor& self) { return {at::empty_like(self), at::empty_like(self)}; }

Tensor max(const Tensor& self) { return at::empty({}, self.options()); }

// Whatever its arguments are: numbers one by one, of arguments that broadcast. The result is a new tensor, or the argument that is written.
void elementwise(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& schema = op.schema();
  const auto count = schema.arguments().size();
  std::vector<int64_t> sizes;
  Tensor first, written;
  for (size_t i = 0; i < count; i++) {
    const auto& value = torch::jit::peek(*stack, i, count);
    if (!value.isTensor() || !value.toTensor().defined()) {
      continue;
    }

    const auto& alias = schema.arguments()[i].alias_info();
    const bool is_out = schema.arguments()[i].is_out();
    if (alias && alias->isWrite()) {
      written = value.toTensor();
    }

    if (!is_out) {
      first = first.defined() ? first : value.toTensor();
      sizes = at::infer_size(sizes, value.toTensor().sizes());
    }
  }

  torch::jit::drop(*stack, count);
  const bool is_test = schema.name() == "aten::isnan";
  stack->emplace_back(written.defined() ? written.resize_(sizes) : at::empty(sizes, is_test ? first.options().dtype(at::kBool) : first.options()));
}

// Variance and deviation: (self, dim, correction, keepdim), and those without a correction's type, which differs between versions.
void over_dimensions(const c10::OperatorHandle&, torch::jit::Stack* stack) {
  const auto arguments = torch::jit::pop(*stack, 4);
  const auto& self = arguments[0].toTensor();
  const auto result = arguments[1].isNone() ? at::sum(self) : at::sum(self, arguments[1].toIntVector(), arguments[3].toBool());
  stack->emplace_back(result);
}

template <typename F>
void add(torch::Library& library, const char* name, F&& kernel) {
  const std::string whole = name;
  const auto dot = whole.find('.');
  auto op = c10::Dispatcher::singleton().findSchema({"aten::" + whole.substr(0, dot), dot == std::string::npos ? "" : whole.substr(dot + 1)});
  if (op && !op->hasKernelForDispatchKey(c10::DispatchKey::Meta)) {
    library.impl(name, std::forward<F>(kernel));
  }
}

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  add(library, "index_select", index_select);
  add(library, "where.self", where);
  add(library, "bucketize.Tensor", bucketize);
  add(library, "native_layer_norm", layer_norm);
  add(library, "native_layer_norm_backward", layer_norm_backward);
  add(library, "log_sigmoid_forward", log_sigmoid);
  add(library, "max", max);
  for (const char* name : {"abs.out", "logical_not.out", "logical_and.out", "logical_or.out", "logical_xor.out", "nan_to_num.out", "where.self_out", "isnan", "relu", "relu_",
                           "log_sigmoid_backward", "smooth_l1_loss_backward", "mse_loss_backward", "rsub.Tensor", "rsub.Scalar"}) {
    add(library, name, torch::CppFunction::makeFromBoxedFunction<&elementwise>());
  }

  for (const char* name : {"var.correction", "std.correction"}) {
    add(library, name, torch::CppFunction::makeFromBoxedFunction<&over_dimensions>());
  }
}

// What a thread's calls have shown.
thread_local std::vector<std::string> problems;
thread_local std::string text;
thread_local int64_t transfers;

void count(const Tensor& tensor, bool& meta, bool& cpu) {
  if (tensor.defined()) {
    meta |= tensor.is_meta();
    cpu |= tensor.is_cpu() && tensor.dim() > 0; // a number may stand on the CPU
  }
}

std::unique_ptr<at::ObserverContext> see(const at::RecordFunction& call) {
  const std::string name = call.name();
  const auto inputs = call.inputs();
  bool meta = false, cpu = false;
  for (const auto& input : inputs) {
    if (input.isTensor()) {
      count(input.toTensor(), meta, cpu);
    } else if (input.isList()) {
      for (const c10::IValue& item : input.toListRef()) {
        if (item.isTensor()) {
          count(item.toTensor(), meta, cpu);
        }
      }
    }
  }

  std::ostringstream problem;
  if (name == "aten::copy_") {
    const auto &to = inputs[0].toTensor(), &from = inputs[1].toTensor();
    if (to.is_meta() && from.is_cpu()) {
      transfers++;
      if (!inputs[2].toBool()) {
        problem << "a tensor " << from.sizes() << " is sent to the device and waited for";
      }
    }
  } else if (meta && cpu) {
    problem << name << " is given tensors on the device and on the CPU";
  }

  if (!problem.str().empty()) {
    problems.push_back(problem.str());
  }

  return nullptr;
}

}  // namespace

// Begins to watch this thread; gives what am_end wants.
EXPORT uint64_t am_begin() {
  problems.clear();
  transfers = 0;
  return at::addThreadLocalCallback(at::RecordFunctionCallback(see).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

// Ends it: how many tensors went to the device, and what a GPU would have refused or waited for, a line each; the text stays until the next call.
EXPORT const char* am_end(uint64_t watch, int64_t* sent) {
  at::removeCallback(watch);
  *sent = transfers;
  text.clear();
  for (const auto& problem : problems) {
    text += problem + "\n";
  }

  return text.c_str();
}
