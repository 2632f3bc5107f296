// Backward passes, gradients, grad and inference modes, custom functions whose backward is managed code.
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include "common.h"

using torch::autograd::variable_list;

namespace {

// The graph node of one call of a managed autograd function.
struct ManagedNode : torch::autograd::Node {
  ManagedNode(void* context_, AtBackward backward_, AtRelease release_, std::string name_)
      : context(context_), backward(backward_), release(release_), title(std::move(name_)) {}

  ~ManagedNode() override {
    release(context);
  }

  std::string name() const override {
    return title;
  }

  void release_variables() override {
    saved.clear();
    released = true;
  }

  variable_list apply(variable_list&& grads) override {
    std::vector<void*> in;
    for (size_t k = 0; k < grads.size(); k++) {
      if (!grads[k].defined() && materialize && differentiable[k]) {
        grads[k] = at::zeros(shapes[k], options[k]);
      }
      in.push_back(grads[k].defined() ? grads[k].unsafeGetTensorImpl() : nullptr);
    }
    std::vector<void*> out(num_outputs(), nullptr);
    void* error = nullptr;
    auto status = backward(context, this, in.data(), static_cast<int32_t>(in.size()), out.data(), static_cast<int32_t>(out.size()), &error);
    variable_list results;
    for (auto* handle : out) {
      auto result = alignment::borrow(handle);
      if (handle != nullptr) {
        c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(handle));
      }
      results.push_back(std::move(result));
    }
    if (status != 0) {
      throw alignment::CallbackError(error);
    }
    return results;
  }

  void* context;
  AtBackward backward;
  AtRelease release;
  std::string title;
  std::vector<torch::autograd::SavedVariable> saved;
  std::vector<std::vector<int64_t>> shapes;
  std::vector<at::TensorOptions> options;
  std::vector<bool> differentiable;
  bool materialize = true;
  bool released = false;
};

}  // namespace

AT_EXPORT int32_t at_backward(void** tensors, int32_t n, void** grads, int32_t n_grads, int32_t retain_graph, int32_t create_graph, void** inputs, int32_t n_inputs) {
  return alignment::guarded([&] {
    torch::autograd::backward(
        alignment::borrow_list(tensors, n), alignment::borrow_list(grads, n_grads), retain_graph != 0, create_graph != 0, alignment::borrow_list(inputs, n_inputs));
  });
}

// out[n_inputs] receives owned handles, null for an unused input.
AT_EXPORT int32_t at_grad(void** outputs, int32_t n, void** inputs, int32_t n_inputs, void** grads, int32_t n_grads, int32_t retain_graph, int32_t create_graph,
                          int32_t allow_unused, void** out) {
  return alignment::guarded([&] {
    auto result = torch::autograd::grad(alignment::borrow_list(outputs, n), alignment::borrow_list(inputs, n_inputs), alignment::borrow_list(grads, n_grads),
                                        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (size_t k = 0; k < result.size(); k++) {
      out[k] = alignment::give(std::move(result[k]));
    }
  });
}

AT_EXPORT int32_t at_get_grad(void* handle, void** grad) {
  return alignment::guarded([&] { *grad = alignment::give(alignment::borrow(handle).grad()); });
}

AT_EXPORT int32_t at_set_grad(void* handle, void* grad) {
  return alignment::guarded([&] {
    const auto tensor = alignment::borrow(handle);
    const auto value = alignment::borrow(grad);
    TORCH_CHECK(!value.defined() || value.sizes().equals(tensor.sizes()), "a gradient of shape ", value.sizes(), " for a tensor of shape ", tensor.sizes());
    TORCH_CHECK(!value.defined() || value.device() == tensor.device(), "the gradient is on ", value.device(), ", its tensor on ", tensor.device());
    TORCH_CHECK(!value.defined() || value.scalar_type() == tensor.scalar_type(), "the gradient is ", value.scalar_type(), ", its tensor ", tensor.scalar_type());
    tensor.mutable_grad() = value;
  });
}

AT_EXPORT int32_t at_set_requires_grad(void* handle, int32_t requires_grad) {
  return alignment::guarded([&] { alignment::borrow(handle).set_requires_grad(requires_grad != 0); });
}

AT_EXPORT int32_t at_grad_mode() {
  return c10::GradMode::is_enabled();
}

AT_EXPORT void at_set_grad_mode(int32_t enabled) {
  c10::GradMode::set_enabled(enabled != 0);
}

AT_EXPORT int32_t at_inference_mode() {
  return c10::InferenceMode::is_enabled();
}

// The guard ends, on the thread that made it, with at_inference_leave.
AT_EXPORT int32_t at_inference_enter(int32_t enabled, void** guard) {
  return alignment::guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

AT_EXPORT void at_inference_leave(void* guard) {
  delete static_cast<c10::InferenceMode*>(guard);
}

// Puts a node between the inputs and the outputs of a managed forward that ran without gradients.
// inputs[n_inputs]: null for an argument that is no tensor. outputs[n_outputs]: borrowed in, owned out. flags per output:
// 1 dirty (an input changed in place), 2 not differentiable. *has_node = 0: nothing needs a gradient, context stays the caller's.
AT_EXPORT int32_t at_function(void** inputs, int32_t n_inputs, void** outputs, const int32_t* flags, int32_t n_outputs, void** saved, int32_t n_saved, int32_t materialize,
                              const char* name, void* context, AtBackward backward, AtRelease release, int32_t* has_node) {
  *has_node = 0;
  return alignment::guarded([&] {
    const auto ins = alignment::borrow_list(inputs, n_inputs);
    bool executable = false;
    for (const auto& input : ins) {
      executable |= c10::GradMode::is_enabled() && input.defined() && input.requires_grad();
    }
    auto outs = alignment::borrow_list(outputs, n_outputs);
    const auto given = outs;
    std::shared_ptr<ManagedNode> node;
    if (executable) {
      node = std::shared_ptr<ManagedNode>(new ManagedNode(context, backward, release, name), torch::autograd::deleteNode);
      *has_node = 1;
      node->materialize = materialize != 0;
      node->set_next_edges(torch::autograd::collect_next_edges(ins));
      for (int32_t k = 0; k < n_outputs; k++) {
        auto& out = outs[k];
        const bool dirty = (flags[k] & 1) != 0;
        const bool differentiable = (flags[k] & 2) == 0 && torch::autograd::isDifferentiableType(out.scalar_type());
        node->shapes.push_back(out.sizes().vec());
        node->options.push_back(out.options());
        node->differentiable.push_back(differentiable);
        if (!differentiable) {
          if (!dirty && out.requires_grad()) {
            out = out.detach();
          }
          node->add_input_metadata(torch::autograd::Node::undefined_input{});
          continue;
        }
        if (dirty) {
          TORCH_CHECK(!(out.is_leaf() && out.requires_grad()), "a leaf Variable that requires grad has been used in an in-place operation.");
          out.unsafeGetTensorImpl()->bump_version();
          const auto number = node->add_input_metadata(out);
          torch::autograd::impl::rebase_history(out, {node, number});
          continue;
        }
        out = out.detach();  // an input or a view given back must not have its own history replaced
        const auto number = node->add_input_metadata(out);
        torch::autograd::impl::set_gradient_edge(out, {node, number});
      }
      for (int32_t k = 0; k < n_saved; k++) {
        auto value = alignment::borrow(saved[k]);
        bool is_output = false;
        for (int32_t j = 0; j < n_outputs && value.defined(); j++) {
          if (given[j].is_same(value)) {
            value = outs[j];
            is_output = node->differentiable[j];
          }
        }
        node->saved.emplace_back(value, is_output);
      }
    }
    for (int32_t k = 0; k < n_outputs; k++) {
      outputs[k] = alignment::give(std::move(outs[k]));
    }
  });
}

// Within a backward callback: the tensors saved for it, as owned handles; *n = how many there are.
AT_EXPORT int32_t at_function_saved(void* node, void** out, int32_t capacity, int32_t* n) {
  return alignment::guarded([&] {
    auto* self = static_cast<ManagedNode*>(node);
    TORCH_CHECK(!self->released, "Trying to backward through the graph a second time: the saved tensors are already freed. Specify retain_graph=true the first time.");
    *n = static_cast<int32_t>(self->saved.size());
    if (capacity < *n) {
      return;
    }
    std::vector<at::Tensor> tensors;
    for (const auto& variable : self->saved) {
      tensors.push_back(variable.unpack(self->shared_from_this()));
    }
    for (size_t k = 0; k < tensors.size(); k++) {
      out[k] = alignment::give(std::move(tensors[k]));
    }
  });
}
